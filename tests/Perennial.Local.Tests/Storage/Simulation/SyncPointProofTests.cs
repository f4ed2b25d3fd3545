using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>The schedules would notice if any single sync were left out of the stores: on a disk that ignores just that one, some schedule fails.</summary>
public sealed class SyncPointProofTests
{
    private const ulong MostSeeds = 5000;

    private static readonly Dictionary<string, NewDriver> Stores = new()
    {
        ["log"] = Drivers.Log,
        ["tables"] = Drivers.Tables,
        ["predictions"] = Drivers.Predictions,
        ["artifacts"] = Drivers.Artifacts,
        ["blobs"] = Drivers.Blobs,
        ["clock"] = Drivers.Clock,
        ["engine"] = Drivers.Engine,
    };

    /// <summary>Which stores need which sync.</summary>
    public static TheoryData<string, string> Needed => new()
    {
        { nameof(SyncPoint.FolderMade), "log" },
        { nameof(SyncPoint.FolderMade), "tables" },
        { nameof(SyncPoint.FolderMade), "predictions" },
        { nameof(SyncPoint.FolderMade), "artifacts" },
        { nameof(SyncPoint.FolderMade), "blobs" },
        { nameof(SyncPoint.FileContent), "log" },
        { nameof(SyncPoint.FileContent), "tables" },
        { nameof(SyncPoint.FileContent), "predictions" },
        { nameof(SyncPoint.FileContent), "blobs" },
        { nameof(SyncPoint.FileContent), "clock" },
        { nameof(SyncPoint.FileContent), "engine" },
        { nameof(SyncPoint.FileName), "log" },
        { nameof(SyncPoint.FileName), "tables" },
        { nameof(SyncPoint.FileName), "predictions" },
        { nameof(SyncPoint.FileName), "blobs" },
        { nameof(SyncPoint.FileName), "clock" },
        { nameof(SyncPoint.FileName), "engine" },
        { nameof(SyncPoint.Commit), "log" },
        { nameof(SyncPoint.Commit), "tables" },
        { nameof(SyncPoint.Commit), "predictions" },
        { nameof(SyncPoint.Commit), "engine" },
        { nameof(SyncPoint.FoundTail), "log" },
        { nameof(SyncPoint.FoundTail), "tables" },
        { nameof(SyncPoint.FoundTail), "predictions" },
        { nameof(SyncPoint.FoundSegments), "log" },
        { nameof(SyncPoint.FoundSegments), "predictions" },
        { nameof(SyncPoint.SnapshotContent), "tables" },
        { nameof(SyncPoint.SnapshotName), "tables" },
        { nameof(SyncPoint.ArtifactContent), "artifacts" },
        { nameof(SyncPoint.ArtifactName), "artifacts" },
        { nameof(SyncPoint.ArtifactRemoved), "artifacts" },
        { nameof(SyncPoint.FoundArtifacts), "artifacts" },
        { nameof(SyncPoint.FoundBlobs), "blobs" },
        { nameof(SyncPoint.BlobRemoved), "blobs" },
    };

    [Theory]
    [MemberData(nameof(Needed))]
    public void Leaving_out_one_sync_is_noticed(string point, string store)
    {
        var ignored = Enum.Parse<SyncPoint>(point);
        var seed = 1UL;
        while (seed <= MostSeeds && Schedule.Run(seed, Stores[store], ignored) is null) seed++;
        Assert.True(seed <= MostSeeds, $"{MostSeeds} schedules of {store} did not miss {point}.");
        // The same schedule is right where the sync is done: it was the sync that was missed.
        Assert.Null(Schedule.Run(seed, Stores[store]));
    }

    [Fact]
    public void Every_sync_is_needed_by_some_store() =>
        Assert.Equal(Enum.GetNames<SyncPoint>().Order(StringComparer.Ordinal), Needed.Select(row => (string)row[0]).Distinct().Order(StringComparer.Ordinal));
}
