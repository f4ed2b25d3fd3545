using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works a log: commits, groups, rolls, and dropped segments.</summary>
internal sealed class LogDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private readonly SegmentedLogOptions _options = new(dice.Of([300, 1000, 4000]), dice.Of([0, 64, 300]), Inline: true);
    private readonly RecordModel _model = new();
    private readonly List<LogPosition> _positions = [];
    private readonly List<(List<byte[]> Records, Task<LogPosition[]> Task)> _meanwhile = [];
    private SegmentedLog _log = null!;
    private int _from = 1;
    private int _written;

    public override void Open() => _log = SegmentedLog.Open(Disk, "/data/store/log", _options, _from);

    public override void Check(bool damaged)
    {
        var found = new List<byte[]>();
        var positions = new List<LogPosition>();
        _log.Replay((position, record) =>
        {
            positions.Add(position);
            found.Add(record.ToArray());
        });
        if (_model.Compare(found, damaged) is { } wrong) throw new ViolationException(wrong);
        _positions.Clear();
        _positions.AddRange(positions);
    }

    public override void Step()
    {
        switch (Dice.Next(20))
        {
            case 0:
                Roll();
                break;
            case 1:
                Drop();
                break;
            case 2:
                Read();
                break;
            case < 8:
                AppendMany();
                break;
            default:
                Commit();
                break;
        }
    }

    public override void Close() => _log.Dispose();

    private void Commit()
    {
        var records = NewRecords();
        try
        {
            Note($"commit {records.Count}");
            _positions.AddRange(_log.Commit(Memory(records)));
            _model.Acknowledge(records);
        }
        catch (IOException)
        {
            _model.Fail(records);
        }
    }

    // Those that come while a sync is under way go together into the next commit.
    private void AppendMany()
    {
        var first = NewRecords();
        var others = Dice.Next(4);
        Disk.BeforeSync = () =>
        {
            while (others-- > 0) Append(NewRecords());
        };
        Note($"append {first.Count}, and {others} more meanwhile");
        var task = _log.Append(Memory(first));
        Disk.BeforeSync = null;
        Settle([(first, task)]);
        Settle(_meanwhile);
        _meanwhile.Clear();
    }

    private void Append(List<byte[]> records) => _meanwhile.Add((records, _log.Append(Memory(records))));

    private void Settle(List<(List<byte[]> Records, Task<LogPosition[]> Task)> group)
    {
        if (group.Count == 0) return;
        var records = group.SelectMany(one => one.Records).ToList();
        Require(group.All(one => one.Task.IsCompleted), "An append has no answer.");
        Require(group.Select(one => one.Task.IsCompletedSuccessfully).Distinct().Count() == 1, "Appends of one commit had different answers.");
        if (group[0].Task.IsCompletedSuccessfully)
        {
            _positions.AddRange(group.SelectMany(one => one.Task.Result));
            _model.Acknowledge(records);
        }
        else _model.Fail(records);
    }

    private void Roll()
    {
        try
        {
            Note("roll");
            _log.Roll();
            _model.Settle();
        }
        catch (IOException)
        {
        }
    }

    private void Drop()
    {
        if (_positions.Count == 0) return;
        _from = _positions[^1].Segment;
        var gone = _positions.FindIndex(position => position.Segment >= _from);
        _positions.RemoveRange(0, gone);
        _model.Records.RemoveRange(0, gone);
        try
        {
            Note($"drop before {_from}");
            _log.DropBefore(_from);
        }
        catch (IOException)
        {
        }
    }

    private void Read()
    {
        if (_positions.Count == 0) return;
        var from = Dice.Next(_positions.Count);
        var take = Dice.Between(1, 8);
        var (records, _) = _log.Read(_positions[from], take);
        Require(records.Count == Math.Min(take, _positions.Count - from), "A read found another number of records than there are.");
        for (var i = 0; i < records.Count; i++) Require(records[i].AsSpan().SequenceEqual(_model.Records[from + i]), "A read found another record.");
    }

    private List<byte[]> NewRecords()
    {
        var records = new List<byte[]>();
        for (var left = Dice.Between(1, 3); left > 0; left--)
        {
            // Different ones of one length, so that one may stand exactly where another one stood.
            var record = new byte[Dice.Of([4, 20, 20, 20, 90])];
            BitConverter.TryWriteBytes(record, ++_written);
            record.AsSpan(4).Fill((byte)_written);
            records.Add(record);
        }
        return records;
    }

    private static ReadOnlyMemory<byte>[] Memory(List<byte[]> records)
    {
        var memory = new ReadOnlyMemory<byte>[records.Count];
        for (var i = 0; i < memory.Length; i++) memory[i] = records[i];
        return memory;
    }
}
