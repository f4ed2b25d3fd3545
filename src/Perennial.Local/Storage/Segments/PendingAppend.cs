namespace Perennial.Local.Storage.Segments;

/// <summary>An append on its way to the disk.</summary>
internal interface IPendingAppend : IPendingWrite
{
    /// <summary>Adds its records to those of the group.</summary>
    void AddTo(List<ReadOnlyMemory<byte>> records);

    /// <summary>Takes its part of the group's positions; returns where the next append's begin.</summary>
    int Take(LogPosition[] positions, int start);
}

/// <summary>One record.</summary>
internal sealed class PendingRecord(ReadOnlyMemory<byte> record) : PendingWrite<LogPosition>, IPendingAppend
{
    private LogPosition _position;

    protected override LogPosition Outcome => _position;

    public void AddTo(List<ReadOnlyMemory<byte>> records) => records.Add(record);

    public int Take(LogPosition[] positions, int start)
    {
        _position = positions[start];
        return start + 1;
    }
}

/// <summary>Records that stay together.</summary>
internal sealed class PendingRecords(IReadOnlyList<ReadOnlyMemory<byte>> records) : PendingWrite<LogPosition[]>, IPendingAppend
{
    private LogPosition[] _positions = [];

    protected override LogPosition[] Outcome => _positions;

    public void AddTo(List<ReadOnlyMemory<byte>> all) => all.AddRange(records);

    public int Take(LogPosition[] positions, int start)
    {
        var end = start + records.Count;
        _positions = positions[start..end];
        return end;
    }
}
