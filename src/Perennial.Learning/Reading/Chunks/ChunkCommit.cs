using System.Runtime.ExceptionServices;

namespace Perennial.Learning.Reading.Chunks;

/// <summary>
/// Puts the outcomes of chunks together in the order of the file, whichever worker comes first, so that bad rows, faults and line
/// numbers are those of one reader that goes from the first byte to the last.
/// </summary>
internal sealed class ChunkCommit(ReadOptions options, RowMap rows, LineMap lines, BadRowLog bad, int firstChunk, long firstLine)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (int Worker, ChunkOutcome Outcome)> _early = [];
    private ExceptionDispatchInfo? _failure;
    private int _next = firstChunk;

    /// <summary>The number of the next line, from 1.</summary>
    public long Line { get; private set; } = firstLine;

    /// <summary>Whether there was anything but empty lines.</summary>
    public bool AnyRecord { get; private set; }

    /// <summary>Whether there is no use in reading on.</summary>
    public bool Stopped => Volatile.Read(ref _failure) is not null;

    public void Add(int index, int worker, ChunkOutcome outcome)
    {
        lock (_lock)
        {
            _early.Add(index, (worker, outcome));
            while (_failure is null && _early.Remove(_next, out var next))
            {
                _next++;
                try
                {
                    Apply(next.Worker, next.Outcome);
                }
                catch (Exception exception)
                {
                    Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(exception));
                }
            }
        }
    }

    /// <summary>Throws what ended the reading before the end of the file, if something did.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    private void Apply(int worker, ChunkOutcome outcome)
    {
        if (outcome.Exception is { } exception) ExceptionDispatchInfo.Throw(exception);
        var tooMany = AddColumns(outcome);
        foreach (var row in outcome.Bad)
            if (tooMany is null || row.Line < tooMany.Line) bad.Add(row with { Line = Line + row.Line });
        if ((tooMany ?? outcome.Fault) is { } fault)
            throw new DataFormatException(options.Source, fault.Code, fault.What, Line + fault.Line, fault.Column);
        rows.Append(worker, outcome.FirstRow, outcome.RowLines.Rows);
        lines.Append(outcome.RowLines, Line);
        Line += outcome.Lines;
        AnyRecord |= outcome.AnyRecord;
    }

    private FileFault? AddColumns(ChunkOutcome outcome)
    {
        foreach (var (name, line) in outcome.NewColumns)
            if (_columns.Add(name) && _columns.Count > options.MaxColumns) return JsonRow.TooManyColumns(options, line);
        return null;
    }
}
