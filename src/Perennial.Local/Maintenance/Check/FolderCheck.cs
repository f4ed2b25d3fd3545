using System.Globalization;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Blobs;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Maintenance.Check;

/// <summary>
/// Reads everything in a folder that no host serves and names what is broken. Nothing but the lock is written. What it cannot see: a last
/// segment that is gone, or cut where a record ends, looks as if it had never been written.
/// </summary>
public sealed class FolderCheck
{
    private const string Restore = "Restore the folder from a backup.";
    private readonly DataFolder _folder;
    private readonly ReadOnlyDisk _disk = new(SystemDisk.Instance);
    private readonly CheckTally _tally;
    private readonly CancellationToken _cancellationToken;

    private FolderCheck(DataFolder folder, IProgress<CheckProgress>? progress, CancellationToken cancellationToken)
    {
        _folder = folder;
        _cancellationToken = cancellationToken;
        _tally = new CheckTally(folder.Path, Stored(folder).Sum(part => CheckTally.Measure(_disk, part)), progress);
    }

    /// <summary>Checks a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or it is none of a host.</exception>
    /// <exception cref="FolderInUseException">A host serves it.</exception>
    public static async Task<CheckReport> Run(string folder, IProgress<CheckProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var opened = DataFolder.Look(folder);
        var check = new FolderCheck(opened, progress, cancellationToken);
        await check.Run();
        return check._tally.Report();
    }

    private async Task Run()
    {
        SmallFiles();
        var sound = Stores();
        await Artifacts();
        Blobs();
        await new ContentCheck(_folder, _disk, _tally).Run(sound, _cancellationToken);
    }

    /// <summary>All logs and snapshots; says of which stores every record can be read.</summary>
    private SoundStores Stores()
    {
        var before = _tally.Findings;
        var tables = new SegmentCheck(_disk, _tally, "Rows that were written there are lost or unknown; the host does not start on this folder.", _cancellationToken);
        var newest = 1;
        foreach (var path in _disk.Finished(_folder.Tables).ToList())
        {
            if (Snapshot(path) is not { } number) continue;
            tables.Snapshot(path, number);
            newest = Math.Max(newest, number);
        }
        tables.Log(Path.Combine(_folder.Tables, "journal"), newest);
        var tablesSound = _tally.Findings == before;
        TablesAreThere();

        before = _tally.Findings;
        var engine = new SegmentCheck(_disk, _tally, "Orchestrations are lost or stand still: the host does not start on this folder.", _cancellationToken);
        engine.Log(Path.Combine(_folder.Orchestrations, "log"), Begin());
        var engineSound = _tally.Findings == before;

        var streams = new SegmentCheck(_disk, _tally, "Predictions or labels of this stream are lost; the stream cannot be read past that place.", _cancellationToken);
        foreach (var stream in _disk.Folders(_folder.Predictions)) streams.Log(Path.Combine(_folder.Predictions, stream), 1);
        return new SoundStores(tablesSound, engineSound);
    }

    /// <summary>Without journal and snapshot the tables look as if they had never been written, but whatever goes on belongs to a model that is in them.</summary>
    private void TablesAreThere()
    {
        var journal = Path.Combine(_folder.Tables, "journal");
        if (HasSegments(journal) || _disk.Finished(_folder.Tables).Any(path => Snapshot(path) is not null)) return;
        if (!HasSegments(Path.Combine(_folder.Orchestrations, "log")) && !_disk.Folders(_folder.Predictions).Any(stream => HasSegments(Path.Combine(_folder.Predictions, stream)))) return;
        _tally.Found("tables-missing", journal, null, "there are orchestrations or predictions, but no tables.",
            "Models, versions, runs and datasets are unknown: a host would start as if there had never been any.", Restore);
    }

    private bool HasSegments(string folder) => _disk.Files(folder).Any(name => name.EndsWith(".seg", StringComparison.Ordinal));

    private void SmallFiles()
    {
        try
        {
            if (!FolderFormat.Check(_disk, _folder.Path))
                _tally.Found("format-missing", FolderFormat.Name, null, "the file is missing.", "Nothing says in which format the folder is; no host starts on it.", Restore);
        }
        catch (FolderFormatException exception)
        {
            _tally.Found("format-damaged", FolderFormat.Name, 0, exception.Message, "The host does not start on this folder.", "Use the version that wrote it, or restore the folder from a backup.");
        }
        Text(Path.Combine(_folder.Path, "clock"), "clock-damaged", "it holds no time.", "The host does not start on this folder.",
            text => DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    /// <summary>The segment with which the engine's log begins.</summary>
    private int Begin()
    {
        var from = 1;
        Text(Path.Combine(_folder.Orchestrations, "begin"), "begin-damaged", "it does not name a segment.", "The host does not start on this folder.",
            text => text.Split(' ') is [var first, ..] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out from));
        return Math.Max(1, from);
    }

    private void Text(string path, string kind, string what, string meaning, Func<string, bool> isRight)
    {
        if (_disk.ReadWhole(path) is not { } bytes) return;
        try
        {
            if (!isRight(CheckedText.Decode(path, bytes))) _tally.Found(kind, path, 0, what, meaning, Restore);
        }
        catch (CorruptStoreException)
        {
            _tally.Found(kind, path, 0, "it fails its checksum.", meaning, Restore);
        }
        _tally.FileDone(path, bytes.Length);
    }

    private async Task Artifacts()
    {
        var artifacts = new ArtifactFolder(_disk, _folder.Artifacts);
        await foreach (var hash in artifacts.List(_cancellationToken))
        {
            var path = artifacts.PathOf(hash);
            if (await artifacts.Verify(hash, _cancellationToken) == ArtifactCondition.Damaged)
                _tally.Found("artifact-damaged", path, null, "its bytes have another hash than its name says.",
                    "Whatever refers to it (a dataset, a model, a report) cannot be read; nothing wrong is ever read from it.",
                    "Put the same content again (upload the same file, run the same run), or restore the folder from a backup.");
            _tally.FileDone(path, artifacts.Look(hash)?.Bytes ?? 0);
        }
    }

    private void Blobs()
    {
        foreach (var path in _disk.Finished(_folder.Blobs).Where(path => path.EndsWith(".blob", StringComparison.Ordinal)).ToList())
        {
            var bytes = _disk.ReadWhole(path)!;
            try
            {
                BlobFormat.Decode(path, bytes);
            }
            catch (CorruptStoreException)
            {
                _tally.Found("blob-damaged", path, 0, "it fails its checksum.", "The blob cannot be read.", Restore);
            }
            _tally.FileDone(path, bytes.Length);
        }
        Text(Path.Combine(_folder.Blobs, "sequence"), "blob-sequence-damaged", "it holds no number.", "Named blobs cannot be opened.",
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static string[] Stored(DataFolder folder) => [folder.Artifacts, folder.Tables, folder.Orchestrations, folder.Predictions, folder.Blobs];

    private static int? Snapshot(string path) =>
        Path.GetFileName(path) is var name && name.StartsWith("snapshot-", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan("snapshot-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Which stores can be read whole.</summary>
internal sealed record SoundStores(bool Tables, bool Orchestrations);
