using System.Globalization;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works a table journal: batches with every kind of condition, groups of them, reads by row and by range, compactions.</summary>
internal sealed class TablesDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private static readonly string[] Names = ["first", "second"];
    private static readonly string[] Partitions = ["p", "q"];
    private readonly TableJournalOptions _options = new(
        dice.Of([500, 2000, 8000]), dice.Between(1, 2), new SegmentedLogOptions(dice.Of([200, 600, 2000]), dice.Of([0, 64, 300]), Inline: true));

    private readonly TablesModel _model = new();
    private readonly List<(TableBatch Batch, Task<BatchResult> Task)> _meanwhile = [];
    private TableJournal _tables = null!;
    private int _written;

    public override void Open() => _tables = new TableJournal(Disk, "/data/tables", _options);

    public override void Check(bool damaged)
    {
        var found = new TablesState();
        for (var table = 0; table < Names.Length; table++) ReadTable(table, found);
        if (_model.Compare(found, damaged) is { } wrong) throw new ViolationException(wrong);
    }

    public override void Step()
    {
        switch (Dice.Next(10))
        {
            case 0:
                ReadOne();
                break;
            case 1:
                ReadRange();
                break;
            case < 4:
                WriteMany();
                break;
            default:
                var batch = NewBatch();
                Settle([(batch, Write(batch))]);
                break;
        }
    }

    public override void Close() => _tables.Dispose();

    // Those that come while a sync is under way go together into the next commit.
    private void WriteMany()
    {
        var others = Dice.Between(1, 4);
        Disk.BeforeSync = () =>
        {
            while (others-- > 0)
            {
                var batch = NewBatch();
                _meanwhile.Add((batch, Write(batch)));
            }
        };
        var first = NewBatch();
        var task = Write(first);
        Disk.BeforeSync = null;
        Settle([(first, task)]);
        Settle(_meanwhile);
        _meanwhile.Clear();
    }

    private Task<BatchResult> Write(TableBatch batch)
    {
        if (Disk.Trail is not null) Note($"write {batch}");
        return _tables.Write(Names[batch.Table], Partitions[batch.Partition], batch.Operations);
    }

    private void Settle(List<(TableBatch Batch, Task<BatchResult> Task)> group)
    {
        if (group.Count == 0) return;
        Require(group.All(one => one.Task.IsCompleted), "A batch has no answer.");
        Require(group.Select(one => one.Task.IsCompletedSuccessfully).Distinct().Count() == 1, "Batches of one commit had different answers.");
        var batches = group.ConvertAll(one => one.Batch);
        if (!group[0].Task.IsCompletedSuccessfully)
        {
            Require(group[0].Task.Exception!.InnerException is IOException, $"A batch failed with {group[0].Task.Exception!.InnerException}");
            _model.Fail(batches);
        }
        else if (_model.Acknowledge(batches, group.ConvertAll(one => one.Task.Result)) is { } wrong) throw new ViolationException(wrong);
    }

    private TableBatch NewBatch()
    {
        var (table, partition, first) = (Dice.Next(Names.Length), Dice.Next(Partitions.Length), Dice.Next(TablesState.Rows));
        var changes = new List<TableChange>();
        var operations = new List<TableOperation>();
        for (var i = Dice.Between(1, 3); i > 0; i--)
        {
            var row = (first + i) % TablesState.Rows;
            var key = TablesState.Key(table, partition, row);
            var kind = (TableOperationKind)Dice.Of([0, 1, 2, 2, 2, 3]);
            var etag = kind is TableOperationKind.Insert or TableOperationKind.Upsert ? 0L : Dice.Next(4) switch
            {
                0 => -1,
                1 => Dice.Between(1, _written + 1),
                _ => Math.Max(1, _model.State.ETags[key]),
            };
            var value = kind == TableOperationKind.Delete ? 0 : ++_written;
            changes.Add(new TableChange(key, kind, etag, value));
            var condition = etag switch { 0 => null, -1 => "*", _ => etag.ToString("x", CultureInfo.InvariantCulture) };
            operations.Add(new TableOperation($"r{row}", kind, value == 0 ? null : Properties(value), condition));
        }
        return new TableBatch(table, partition, changes, operations);
    }

    private void ReadOne()
    {
        var (table, partition, row) = (Dice.Next(Names.Length), Dice.Next(Partitions.Length), Dice.Next(TablesState.Rows));
        var entity = _tables.Get(Names[table], Partitions[partition], $"r{row}").Result;
        var key = TablesState.Key(table, partition, row);
        Require((entity is null ? 0 : ValueOf(entity)) == _model.State.Values[key], "A row read is another than was written.");
    }

    private void ReadRange()
    {
        var (table, partition) = (Dice.Next(Names.Length), Dice.Next(Partitions.Length));
        var (from, to) = (Dice.Next(TablesState.Rows), Dice.Next(TablesState.Rows + 1));
        var found = new List<long>();
        var query = new TableQuery(Names[table], Partitions[partition], $"r{from}", $"r{to}", Dice.Between(1, 4));
        do
        {
            var page = _tables.Query(query).Result;
            found.AddRange(page.Entities.Select(ValueOf));
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        var expected = Enumerable.Range(from, Math.Max(0, to - from)).Select(row => _model.State.Values[TablesState.Key(table, partition, row)]).Where(value => value != 0);
        Require(found.SequenceEqual(expected), "A range read is another than was written.");
    }

    private void ReadTable(int table, TablesState found)
    {
        var before = -1;
        foreach (var entity in _tables.Query(new TableQuery(Names[table], null)).Result.Entities)
        {
            var key = TablesState.Key(table, Array.IndexOf(Partitions, entity.Partition), entity.Row[1] - '0');
            Require(key > before, "Entities are out of order.");
            before = key;
            found.Values[key] = ValueOf(entity);
            found.ETags[key] = long.Parse(entity.ETag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
    }

    private static Dictionary<string, string> Properties(long value) =>
        new() { ["v"] = value.ToString(CultureInfo.InvariantCulture), ["text"] = Text(value) };

    private static string Text(long value) => value % 5 == 0 ? "\ud83d" : new string((char)('a' + (value % 26)), (int)(value % 7) * 10);

    private static long ValueOf(TableEntity entity)
    {
        var value = long.Parse(entity.Properties["v"], CultureInfo.InvariantCulture);
        Require(entity.Properties["text"] == Text(value) && entity.Properties.Count == 2, "An entity holds other properties than were written.");
        return value;
    }
}
