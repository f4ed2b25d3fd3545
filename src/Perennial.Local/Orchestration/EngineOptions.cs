namespace Perennial.Local.Orchestration;

/// <summary>How the embedded engine works.</summary>
public sealed record EngineOptions
{
    /// <summary>So many activities run at once; by default one a processor.</summary>
    public int MaxConcurrentActivities { get; init; } = Environment.ProcessorCount;

    /// <summary>So many activities of a name run at once, at least 1; a name that is missing has no limit of its own.</summary>
    public IReadOnlyDictionary<string, int> MaxConcurrentByActivity { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// Whose turn it is where activities wait: the keys of their instances take turns, e.g. the models, so that one with much to do
    /// does not hold up the others. By default all have the same. It must be quick and must not throw.
    /// </summary>
    public Func<string, string> FairnessKey { get; init; } = static _ => "";

    /// <summary>
    /// A mode for tests: the code of an instance is run again from its first event before each new event, so that code which would
    /// not survive a restart is found at once.
    /// </summary>
    public bool ReplayEveryTurn { get; init; }

    /// <summary>The journal is compacted when it has grown by so many bytes (or by the size of the last snapshot, where that is larger).</summary>
    public long CompactAfterBytes { get; init; } = 64L << 20;

    /// <summary>
    /// An instance that has only waited for so long leaves the memory, but for its place in the index; it is read again when something
    /// comes for it. Zero, a mode for tests: after every turn.
    /// </summary>
    public TimeSpan UnloadAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When the loaded instances take more bytes, those that wait leave the memory sooner, the longest unused first.</summary>
    public long MaxLoadedBytes { get; init; } = 64L << 20;

    /// <summary>Told of each generation that ends, before that is durable: for tests that keep histories.</summary>
    internal Action<RecordedHistory>? GenerationEnded { get; init; }
}
