using Perennial.Core.Ports;

namespace Perennial.Core.Tests.Registry;

/// <summary>A store that fails when told to: before a write, or after it was done but before it is acknowledged.</summary>
public sealed class FaultyTableStore(ITableStore inner) : ITableStore
{
    private readonly Queue<WriteFault> _faults = new();
    private int _writes;

    /// <summary>Runs before a write of the given table is handed on, once: another writer that is faster.</summary>
    public Func<Task>? Interloper { get; set; }

    public int Writes => _writes;

    /// <summary>Every so many writes fail, in turn lost and unacknowledged; 0 for none.</summary>
    public int FailEvery { get; set; }

    public void Next(params WriteFault[] faults)
    {
        foreach (var fault in faults) _faults.Enqueue(fault);
    }

    public Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default) =>
        inner.Get(table, partition, row, cancellationToken);

    public async Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        var write = Interlocked.Increment(ref _writes);
        if (Interloper is { } interloper)
        {
            Interloper = null;
            await interloper();
        }
        var fault = Fault(write);
        if (fault == WriteFault.Lost) throw new IOException("The network is gone.");
        var result = await inner.Write(table, partition, operations, cancellationToken);
        return fault == WriteFault.Unacknowledged ? throw new TimeoutException("No answer in time.") : result;
    }

    private WriteFault Fault(int write)
    {
        if (_faults.Count > 0) return _faults.Dequeue();
        if (FailEvery == 0 || write % FailEvery != 0) return WriteFault.None;
        return write / FailEvery % 2 == 0 ? WriteFault.Lost : WriteFault.Unacknowledged;
    }

    public Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default) => inner.Query(query, cancellationToken);

    public IAsyncEnumerable<string> Tables(CancellationToken cancellationToken = default) => inner.Tables(cancellationToken);
}

/// <summary>What happens to a write.</summary>
public enum WriteFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is not done.</summary>
    Lost,

    /// <summary>It is done, and the caller never hears of it.</summary>
    Unacknowledged,
}
