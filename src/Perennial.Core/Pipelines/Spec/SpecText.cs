using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Writes a spec as a person would: a key a line, its comments above it, no comma behind the last.</summary>
internal sealed class SpecText
{
    private readonly List<(int Depth, bool Key, string Line)> _lines = [];
    private int _depth = 1;

    /// <summary>A string as JSON; a line break of any kind inside is escaped, so that it cannot end a comment.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, CoreJson.Options)
        .Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal).Replace("\u0085", "\\u0085", StringComparison.Ordinal);

    /// <summary>Names as JSON strings with commas.</summary>
    public static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    /// <summary>Adds comment lines.</summary>
    public SpecText Comment(params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
            _lines.Add((_depth, false, "// " + new string([.. line.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)])));
        return this;
    }

    /// <summary>Adds a key with a string.</summary>
    public SpecText Add(string key, string value) => Line($"{Quote(key)}: {Quote(value)}");

    /// <summary>Adds a key with a whole number.</summary>
    public SpecText Add(string key, int value) => Line($"{Quote(key)}: {value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Adds a key with a list.</summary>
    public SpecText Add(string key, IEnumerable<string> values) => Line($"{Quote(key)}: [{Names(values)}]");

    /// <summary>Opens an object.</summary>
    public SpecText Open(string key)
    {
        Line($"{Quote(key)}: {{");
        _depth++;
        return this;
    }

    /// <summary>Closes the object opened last.</summary>
    public SpecText Close()
    {
        _depth--;
        _lines.Add((_depth, true, "}"));
        return this;
    }

    /// <summary>The whole text under a first comment.</summary>
    public string Write(string first)
    {
        var text = new StringBuilder().Append("// ").Append(first).Append("\n{\n");
        for (var i = 0; i < _lines.Count; i++)
        {
            var (depth, key, line) = _lines[i];
            var next = _lines.Skip(i + 1).FirstOrDefault(later => later.Key);
            var comma = key && !line.EndsWith('{') && next.Line is not (null or "}");
            text.Append(' ', 2 * depth).Append(line).Append(comma ? "," : "").Append('\n');
        }

        return text.Append("}\n").ToString();
    }

    private SpecText Line(string line)
    {
        _lines.Add((_depth, true, line));
        return this;
    }
}
