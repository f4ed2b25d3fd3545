using System.Security.Cryptography;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Artifacts;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>Works an artifact folder: what was put is there, whole; what was removed is not; what was seen once stays as it was seen.</summary>
internal sealed class ArtifactsDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private static readonly (byte[] Content, ContentHash Hash)[] All = [.. Enumerable.Range(0, 60).Select(Make)];
    private readonly (byte[] Content, ContentHash Hash)[] _some = [.. Enumerable.Range(dice.Next(30), 8).Select(i => All[i])];
    private readonly bool?[] _there = [.. Enumerable.Repeat<bool?>(false, 8)];
    private ArtifactFolder _artifacts = null!;

    public override void Open() => _artifacts = new ArtifactFolder(Disk, "/data/artifacts");

    public override void Check(bool damaged)
    {
        for (var i = 0; i < _some.Length; i++)
        {
            if (Look(i) && !damaged) Read(i);
            if (Disk.HasStopped) return;
        }
        if (damaged) CheckDamaged();
        else CheckList();
    }

    public override void Step()
    {
        var i = Dice.Next(_some.Length);
        switch (Dice.Next(8))
        {
            case 0 or 1:
                Delete(i);
                break;
            case 2:
                Look(i);
                break;
            case 3:
                Read(i);
                break;
            default:
                Put(i);
                break;
        }
    }

    private void Put(int i)
    {
        try
        {
            Note($"put {_some[i].Hash}");
            var hash = Done(_artifacts.Put(new MemoryStream(_some[i].Content)));
            Require(hash == _some[i].Hash, "An artifact was given another's hash.");
            _there[i] = true;
        }
        catch (IOException)
        {
            if (_there[i] == false) _there[i] = null;
        }
    }

    private void Delete(int i)
    {
        try
        {
            Note($"delete {_some[i].Hash}");
            var was = Done(_artifacts.Delete(_some[i].Hash));
            Require(_there[i] is null || _there[i] == was, $"Deleting said {was}, and it was {_there[i]}.");
            _there[i] = false;
        }
        catch (IOException)
        {
            _there[i] = null;
        }
    }

    private bool Look(int i)
    {
        try
        {
            var there = Done(_artifacts.Exists(_some[i].Hash));
            Require(_there[i] is null || _there[i] == there, $"Artifact {_some[i].Hash} is {(there ? "back" : "lost")}.");
            if (_there[i] is null) Note($"seen: {_some[i].Hash} is {(there ? "there" : "not there")}");
            _there[i] = there;
            return there;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Read(int i)
    {
        try
        {
            using var stream = Done(_artifacts.Open(_some[i].Hash));
            Require(_there[i] is null || _there[i] == stream is not null, $"Artifact {_some[i].Hash} is {(stream is null ? "lost" : "back")}.");
            if (stream is null) return;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            Require(content.AsSpan().SequenceEqual(_some[i].Content), $"Artifact {_some[i].Hash} holds other bytes.");
        }
        catch (IOException)
        {
        }
    }

    private void CheckList()
    {
        var found = _artifacts.List().ToBlockingEnumerable().ToHashSet();
        for (var i = 0; i < _some.Length; i++)
            Require(_there[i] is null || _there[i] == found.Contains(_some[i].Hash), $"Artifact {_some[i].Hash} is listed wrongly.");
    }

    // A damaged artifact is there still, and says that it is damaged.
    private void CheckDamaged()
    {
        foreach (var (content, hash) in _some)
        {
            if (Done(_artifacts.Verify(hash)) != ArtifactCondition.Intact) continue;
            using var stream = Done(_artifacts.Open(hash))!;
            var found = new byte[stream.Length];
            stream.ReadExactly(found);
            Require(found.AsSpan().SequenceEqual(content), $"Artifact {hash} is damaged and said to be intact.");
        }
    }

    private static T Done<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new ViolationException("An operation has not ended.");

    private static (byte[] Content, ContentHash Hash) Make(int i)
    {
        var dice = new Dice((ulong)i);
        var content = new byte[i == 0 ? 0 : dice.Of([5, 100, 700])];
        for (var at = 0; at < content.Length; at++) content[at] = (byte)dice.Next(256);
        return (content, ContentHash.FromBytes(SHA256.HashData(content)));
    }
}
