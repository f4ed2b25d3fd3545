using Perennial.Core.Ports;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works a prediction log: appends to several streams, groups of them, and readers that follow a stream by cursor over every crash.</summary>
internal sealed class PredictionsDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private static readonly string[] Streams = ["predictions/A", "predictions/a", "labels/a"];
    private readonly SegmentedLogOptions _options = new(dice.Of([300, 1000, 4000]), dice.Of([0, 64, 300]), Inline: true);
    private readonly RecordModel[] _models = [new(), new(), new()];
    private readonly string?[] _cursors = new string?[Streams.Length];
    private readonly int[] _consumed = new int[Streams.Length];
    private readonly List<(int Stream, List<byte[]> Records, Task Task)> _group = [];
    private PredictionLogFolder _log = null!;
    private int _written;

    public override void Open() => _log = new PredictionLogFolder(Disk, "/data/predictions", _options);

    public override void Check(bool damaged)
    {
        for (var stream = 0; stream < Streams.Length; stream++)
        {
            var found = ReadAll(stream);
            if (found is null) return;
            if (_models[stream].Compare(found, damaged) is { } wrong) throw new ViolationException($"Stream {Streams[stream]}: {wrong}");
            if (damaged) continue;
            Follow(stream, int.MaxValue);
        }
    }

    public override void Step()
    {
        var stream = Dice.Next(Streams.Length);
        if (Dice.OneIn(8))
        {
            Follow(stream, Dice.Between(1, 5));
            return;
        }
        if (Dice.OneIn(3))
        {
            var others = Dice.Between(1, 4);
            Disk.BeforeSync = () =>
            {
                while (others-- > 0) Append(Dice.Next(Streams.Length));
            };
        }
        Append(stream);
        Disk.BeforeSync = null;
        for (stream = 0; stream < Streams.Length; stream++) Settle(stream);
        _group.Clear();
    }

    public override void Close() => _log.Dispose();

    private void Append(int stream)
    {
        var records = new List<byte[]>();
        for (var left = Dice.Between(1, 3); left > 0; left--)
        {
            var record = new byte[Dice.Of([4, 20, 20, 90])];
            BitConverter.TryWriteBytes(record, ++_written);
            records.Add(record);
        }
        Note($"append {records.Count} to {Streams[stream]}");
        // Its place is taken before its commit, during which others may come.
        var place = _group.Count;
        _group.Add(default);
        _group[place] = (stream, records, _log.Append(Streams[stream], records.ConvertAll(record => new LogRecord(TimeOf(record), record))));
    }

    private void Settle(int stream)
    {
        // Those that failed one after the other, from each of them on.
        var failed = new List<List<byte[]>>();
        foreach (var (_, records, task) in _group.Where(one => one.Stream == stream))
        {
            Require(task.IsCompleted, "An append has no answer.");
            if (task.IsCompletedSuccessfully)
            {
                failed.Clear();
                _models[stream].Acknowledge(records);
                continue;
            }
            failed.Add([]);
            foreach (var run in failed)
            {
                // Alone in its commit, or together with some that failed before it.
                run.AddRange(records);
                _models[stream].Fail([.. run]);
            }
        }
    }

    // Null when the disk failed the reader, which may open the stream.
    private List<byte[]>? ReadAll(int stream)
    {
        for (var attempt = 0; !Disk.HasStopped; attempt++)
        {
            try
            {
                return [.. _log.Read(Streams[stream], null, int.MaxValue).Result.Records.Select(Payload)];
            }
            catch (IOException e) when (e is not Local.Storage.CorruptStoreException)
            {
                Require(attempt < 20 || Disk.FailsOneIn > 0, $"A stream cannot be read: {e}");
            }
        }
        return null;
    }

    private void Follow(int stream, int take)
    {
        try
        {
            var page = _log.Read(Streams[stream], _cursors[stream], take).Result;
            foreach (var record in page.Records)
            {
                Require(_consumed[stream] < _models[stream].Records.Count, "A reader met a record that nobody wrote durably.");
                Require(Payload(record).AsSpan().SequenceEqual(_models[stream].Records[_consumed[stream]++]), "A reader met another record than was written.");
            }
            Require(page.Records.Count == take || _consumed[stream] == _models[stream].Records.Count, "A reader met too few records.");
            _cursors[stream] = page.Cursor;
        }
        catch (IOException e) when (e is not Local.Storage.CorruptStoreException)
        {
        }
    }

    private static byte[] Payload(LogRecord record)
    {
        var payload = record.Payload.ToArray();
        Require(record.Time == TimeOf(payload), "A record has another time than was written.");
        return payload;
    }

    private static DateTimeOffset TimeOf(byte[] record) => new(2020, 1, 1, 0, BitConverter.ToInt32(record) % 60, 0, TimeSpan.FromHours(record[0] % 3));
}
