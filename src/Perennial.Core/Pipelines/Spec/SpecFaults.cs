using System.Text;
using Perennial.Core.Outcomes;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Gathers faults of one file, each with its place, in the order of the file.</summary>
internal sealed class SpecFaults(byte[] text, string fileName)
{
    private const int MaxFaults = 100;
    private readonly List<(long Offset, Fault Fault)> _faults = [];
    private readonly Dictionary<string, long> _places = [];

    /// <summary>Whether there is none.</summary>
    public bool None => _faults.Count == 0;

    /// <summary>The faults, at most 100, in the order of the file.</summary>
    public IReadOnlyList<Fault> All => [.. _faults.OrderBy(fault => fault.Offset).Take(MaxFaults).Select(fault => fault.Fault)];

    /// <summary>Remembers where the file gives a path a value.</summary>
    public void Place(string path, long offset) => _places[path] = offset;

    /// <summary>Whether the file gives the path a value.</summary>
    public bool Has(string path) => _places.ContainsKey(path);

    /// <summary>Adds a fault at an offset in bytes.</summary>
    public void Add(long offset, string path, string message)
    {
        var (line, column) = LineAndColumn(offset);
        _faults.Add((offset, new Fault($"{fileName}:{line}:{column} ({path})", message)));
    }

    /// <summary>Adds a fault at the first of the paths that the file gives a value.</summary>
    public void Add(string message, params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (!_places.TryGetValue(path, out var offset)) continue;
            Add(offset, path, message);
            return;
        }

        Add(0, "$", message);
    }

    /// <summary>The line of an offset, from 1.</summary>
    public int Line(long offset) => LineAndColumn(offset).Line;

    /// <summary>The offset of a line (from 0) and a byte in it, as the JSON reader reports errors.</summary>
    public long Offset(long line, long byteInLine)
    {
        var start = 0;
        for (; line > 0 && Array.IndexOf(text, (byte)'\n', start) is var at and >= 0; line--) start = at + 1;
        return Math.Min(start + byteInLine, text.Length);
    }

    // Editors count UTF-16 code units from 1, so a column of bytes would miss behind an umlaut.
    private (int Line, int Column) LineAndColumn(long offset)
    {
        var before = text.AsSpan(0, (int)offset);
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
