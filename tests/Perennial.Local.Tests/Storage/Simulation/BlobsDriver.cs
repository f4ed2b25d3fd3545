using Perennial.Local.Storage;
using Perennial.Local.Storage.Blobs;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works a folder of named blobs: conditional writes, reads, removals, lists. An ETag names one content for ever.</summary>
internal sealed class BlobsDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private const int Absent = 0;
    private static readonly string[] Names = ["a", "a/b", "A", "c"];

    // What each blob may hold; one content where that is certain.
    private readonly List<int>[] _possible = [.. Names.Select(_ => new List<int> { Absent })];
    private readonly string?[] _etags = new string?[Names.Length];
    private readonly Dictionary<string, int> _given = [];
    private NamedBlobFolder _blobs = null!;
    private int _written;

    public override void Open() => _blobs = new NamedBlobFolder(Disk, "/data/blobs");

    public override void Check(bool damaged)
    {
        for (var i = 0; i < Names.Length; i++) Read(i);
        try
        {
            var listed = _blobs.List("").ToBlockingEnumerable().ToList();
            var expected = Enumerable.Range(0, Names.Length).Where(i => !_possible[i].Contains(Absent)).Select(i => Names[i]).Order(StringComparer.Ordinal);
            if (_possible.All(some => some.Count == 1)) Require(listed.SequenceEqual(expected), "The blobs are listed wrongly.");
        }
        catch (IOException e) when (e is not CorruptStoreException)
        {
        }
    }

    public override void Step()
    {
        var i = Dice.Next(Names.Length);
        switch (Dice.Next(8))
        {
            case 0:
                Delete(i);
                break;
            case < 3:
                Read(i);
                break;
            default:
                Write(i);
                break;
        }
    }

    private void Read(int i)
    {
        try
        {
            var blob = _blobs.Read(Names[i]).Result;
            var found = blob is null ? Absent : BitConverter.ToInt32(blob.Content.Span);
            if (blob is not null) Require(blob.Content.Span.SequenceEqual(Content(found)), $"Blob {Names[i]} holds what nobody wrote.");
            Require(_possible[i].Contains(found), $"Blob {Names[i]} holds {found} and not {string.Join(" or ", _possible[i])}.");
            if (_possible[i].Count > 1) Note($"seen: {Names[i]} holds {found}");
            else Require(blob?.ETag == _etags[i], $"Blob {Names[i]} has ETag {blob?.ETag} and was given {_etags[i]}.");
            _possible[i] = [found];
            _etags[i] = blob?.ETag;
            if (blob is not null) Give(blob.ETag, found);
        }
        catch (IOException e) when (e is not CorruptStoreException)
        {
        }
    }

    private void Write(int i)
    {
        if (_possible[i].Count > 1)
        {
            Read(i);
            return;
        }
        var condition = Dice.Next(5) switch
        {
            0 => "*",
            1 => null,
            2 => Dice.Between(1, 1500).ToString("x", System.Globalization.CultureInfo.InvariantCulture),
            _ => _etags[i],
        };
        var content = ++_written;
        try
        {
            Note($"write {Names[i]} {content} if {condition ?? "absent"}");
            var etag = _blobs.Write(Names[i], Content(content), condition).Result;
            Require(etag is not null == (condition == "*" || condition == _etags[i]), "A write went against its condition.");
            if (etag is null) return;
            Require(!_given.ContainsKey(etag), $"ETag {etag} was given before.");
            Give(etag, content);
            _possible[i] = [content];
            _etags[i] = etag;
        }
        catch (IOException e) when (e is not CorruptStoreException)
        {
            _possible[i].Add(content);
        }
    }

    private void Delete(int i)
    {
        try
        {
            Note($"delete {Names[i]}");
            var was = _blobs.Delete(Names[i]).Result;
            Require(_possible[i].Count > 1 || was == (_possible[i][0] != Absent), $"Deleting {Names[i]} said {was}.");
            _possible[i] = [Absent];
            _etags[i] = null;
        }
        catch (IOException e) when (e is not CorruptStoreException)
        {
            _possible[i].Add(Absent);
        }
    }

    private void Give(string etag, int content) =>
        Require(_given.TryAdd(etag, content) || _given[etag] == content, $"ETag {etag} stands for two contents.");

    private static byte[] Content(int number)
    {
        var content = new byte[4 + (number % 5 * 60)];
        content.AsSpan().Fill((byte)number);
        BitConverter.TryWriteBytes(content, number);
        return content;
    }
}
