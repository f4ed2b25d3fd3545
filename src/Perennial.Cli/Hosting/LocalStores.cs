using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Tables;

namespace Perennial.Cli.Hosting;

/// <summary>The embedded stores over one folder, opened in the order that leaves nothing open when one of them fails.</summary>
public sealed class LocalStores : IDisposable
{
    private readonly Stack<IDisposable> _opened = new();

    private LocalStores(DataFolder folder, FolderClock clock, ArtifactFolder artifacts, TableJournal tables, PredictionLogFolder log)
    {
        (Folder, Clock, Artifacts, Tables, Log) = (folder, clock, artifacts, tables, log);
        foreach (var opened in new IDisposable[] { folder, clock, tables, log }) _opened.Push(opened);
    }

    /// <summary>The folder, locked.</summary>
    public DataFolder Folder { get; }

    /// <summary>The folder's clock, which never goes back.</summary>
    public FolderClock Clock { get; }

    /// <summary>Content by hash.</summary>
    public ArtifactFolder Artifacts { get; }

    /// <summary>Tables.</summary>
    public TableJournal Tables { get; }

    /// <summary>Predictions and labels.</summary>
    public PredictionLogFolder Log { get; }

    /// <summary>Opens the folder.</summary>
    /// <exception cref="HostStartException">Another process owns it, it is of a newer format, or it is damaged.</exception>
    public static LocalStores Open(string path, TimeProvider clock)
    {
        var opened = new Stack<IDisposable>();
        try
        {
            var folder = Push(DataFolder.Open(path));
            var folderClock = Push(new FolderClock(clock, folder.Path));
            var tables = Push(new TableJournal(folder.Tables));
            var log = Push(new PredictionLogFolder(folder.Predictions));
            return new LocalStores(folder, folderClock, new ArtifactFolder(folder.Artifacts), tables, log);
        }
        catch (Exception exception) when (StartFaults.Of(exception, path) is { } told)
        {
            while (opened.TryPop(out var store)) store.Dispose();
            throw told;
        }

        T Push<T>(T store) where T : IDisposable
        {
            opened.Push(store);
            return store;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_opened.TryPop(out var store)) store.Dispose();
    }
}
