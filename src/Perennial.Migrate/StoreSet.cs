using Perennial.Azure;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Blobs;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Tables;

namespace Perennial.Migrate;

/// <summary>The stores of one host.</summary>
public sealed class StoreSet(IContentStore content, ITableStore tables, IPredictionLog log, INamedBlobs blobs, params object[] owned) : IAsyncDisposable
{
    /// <summary>Content by hash.</summary>
    public IContentStore Content => content;

    /// <summary>Entities.</summary>
    public ITableStore Tables => tables;

    /// <summary>Predictions and labels.</summary>
    public IPredictionLog Log => log;

    /// <summary>Named blobs.</summary>
    public INamedBlobs Blobs => blobs;

    /// <summary>A folder's stores, locked; a new folder is made.</summary>
    /// <exception cref="IOException">A host serves the folder, or it cannot be read.</exception>
    public static StoreSet OfFolder(string path)
    {
        var folder = DataFolder.Open(path);
        var tables = new TableJournal(folder.Tables);
        var log = new PredictionLogFolder(folder.Predictions);
        return new StoreSet(new ArtifactFolder(folder.Artifacts), tables, log, new NamedBlobFolder(folder.Blobs), log, tables, folder);
    }

    /// <summary>An account's stores.</summary>
    public static StoreSet OfAzure(AzureStorageOptions options)
    {
        var stores = AzureStores.Open(options, TimeProvider.System);
        return new StoreSet(stores.Content, stores.Tables, stores.Log, stores.Blobs, stores);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var each in owned)
        {
            if (each is IAsyncDisposable later) await later.DisposeAsync();
            else if (each is IDisposable now) now.Dispose();
        }
    }
}
