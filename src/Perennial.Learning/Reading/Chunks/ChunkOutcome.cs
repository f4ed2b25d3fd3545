namespace Perennial.Learning.Reading.Chunks;

/// <summary>What one worker made of one chunk. Lines count from 0 at the chunk's first line: where that is in the file is known only once all chunks before have been read.</summary>
internal sealed class ChunkOutcome
{
    /// <summary>The worker's row that the chunk's first good row became.</summary>
    public int FirstRow { get; init; }

    /// <summary>The line of each good row.</summary>
    public LineMap RowLines { get; } = new();

    /// <summary>The lines of the chunk.</summary>
    public long Lines { get; set; }

    /// <summary>Whether there was anything but empty lines.</summary>
    public bool AnyRecord { get; set; }

    /// <summary>The bad rows, by line.</summary>
    public List<BadRow> Bad { get; } = [];

    /// <summary>Columns that this worker had not met before, by line.</summary>
    public List<(string Name, long Line)> NewColumns { get; } = [];

    /// <summary>What makes the file unreadable from here on.</summary>
    public FileFault? Fault { get; set; }

    /// <summary>An exception other than a fault of the file.</summary>
    public Exception? Exception { get; init; }
}

/// <summary>A fault that ends the reading of the file.</summary>
/// <param name="Code">Its kind.</param>
/// <param name="What">What is wrong and what to do.</param>
/// <param name="Line">Its line, from 0 at the chunk's first line.</param>
/// <param name="Column">The column's name, where there is one.</param>
internal sealed record FileFault(string Code, string What, long Line, string? Column = null);
