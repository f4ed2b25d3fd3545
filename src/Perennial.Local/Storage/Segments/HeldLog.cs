namespace Perennial.Local.Storage.Segments;

/// <summary>A file and how many of its bytes are durable.</summary>
internal sealed record HeldFile(string Path, long Length);

/// <summary>A log that stands still while this is open. It belongs to the thread that made it.</summary>
internal sealed class HeldLog : IDisposable
{
    private readonly Lock _writing;

    public HeldLog(Lock writing, Func<IReadOnlyList<HeldFile>> list)
    {
        _writing = writing;
        writing.Enter();
        try
        {
            Segments = list();
        }
        catch
        {
            writing.Exit();
            throw;
        }
    }

    /// <summary>The segments, each up to its durable end.</summary>
    public IReadOnlyList<HeldFile> Segments { get; }

    public void Dispose() => _writing.Exit();
}
