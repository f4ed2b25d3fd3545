using Perennial.Core.Ports;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>A target that a process writes to until it is killed: from one write on nothing answers any more.</summary>
/// <param name="stores">The target.</param>
/// <param name="writes">How many writes are acknowledged.</param>
/// <param name="lost">Whether the one after them is done all the same, and only its acknowledgement lost.</param>
internal sealed class CutStores(StoreSet stores, int writes, bool lost) : IContentStore, ITableStore, IPredictionLog, INamedBlobs
{
    private int _begun;

    public int Writes => _begun;

    public StoreSet Set => new(this, this, this, this);

    private async Task<T> Through<T>(Func<Task<T>> write)
    {
        var number = Interlocked.Increment(ref _begun);
        if (number <= writes) return await write();
        if (number == writes + 1 && lost) await write();
        throw new IOException("Cut off.");
    }

    Task<ContentHash> IContentStore.Put(Stream content, CancellationToken cancellationToken) => Through(() => stores.Content.Put(content, cancellationToken));

    Task<BatchResult> ITableStore.Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken) =>
        Through(() => stores.Tables.Write(table, partition, operations, cancellationToken));

    Task IPredictionLog.Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken) => Through(async () =>
    {
        await stores.Log.Append(stream, records, cancellationToken);
        return true;
    });

    Task<string?> INamedBlobs.Write(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken) =>
        Through(() => stores.Blobs.Write(name, content, ifMatch, cancellationToken));

    Task<Stream?> IContentStore.Open(ContentHash hash, CancellationToken cancellationToken) => stores.Content.Open(hash, cancellationToken);

    Task<bool> IContentStore.Exists(ContentHash hash, CancellationToken cancellationToken) => stores.Content.Exists(hash, cancellationToken);

    Task<bool> IContentStore.Delete(ContentHash hash, CancellationToken cancellationToken) => stores.Content.Delete(hash, cancellationToken);

    IAsyncEnumerable<ContentHash> IContentStore.List(CancellationToken cancellationToken) => stores.Content.List(cancellationToken);

    Task<TableEntity?> ITableStore.Get(string table, string partition, string row, CancellationToken cancellationToken) => stores.Tables.Get(table, partition, row, cancellationToken);

    Task<TablePage> ITableStore.Query(TableQuery query, CancellationToken cancellationToken) => stores.Tables.Query(query, cancellationToken);

    IAsyncEnumerable<string> ITableStore.Tables(CancellationToken cancellationToken) => stores.Tables.Tables(cancellationToken);

    Task<LogPage> IPredictionLog.Read(string stream, string? cursor, int take, CancellationToken cancellationToken) => stores.Log.Read(stream, cursor, take, cancellationToken);

    Task<NamedBlob?> INamedBlobs.Read(string name, CancellationToken cancellationToken) => stores.Blobs.Read(name, cancellationToken);

    Task<bool> INamedBlobs.Delete(string name, CancellationToken cancellationToken) => stores.Blobs.Delete(name, cancellationToken);

    IAsyncEnumerable<string> INamedBlobs.List(string prefix, CancellationToken cancellationToken) => stores.Blobs.List(prefix, cancellationToken);
}
