using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Maintenance.Check;

/// <summary>What a check has seen so far.</summary>
internal sealed class CheckTally(string folder, long total, IProgress<CheckProgress>? progress)
{
    private readonly List<CheckFinding> _findings = [];
    private readonly List<string> _notes = [];
    private long _done;
    private int _files;

    public long Records { get; set; }

    public int References { get; set; }

    public int AuditEntries { get; set; }

    public int Findings => _findings.Count;

    /// <summary>The bytes of all files under some folders.</summary>
    public static long Measure(IDisk disk, string folder) =>
        disk.Finished(folder).Sum(path => Length(disk, path)) + disk.Folders(folder).Sum(name => Measure(disk, Path.Combine(folder, name)));

    public void Found(string kind, string path, long? offset, string what, string meaning, string remedy) =>
        _findings.Add(new CheckFinding(kind, Path.IsPathRooted(path) ? BackupNames.Of(folder, path) : path, offset, what, meaning, remedy));

    public void Note(string path, string what) => _notes.Add($"{BackupNames.Of(folder, path)}: {what}");

    public void FileDone(string path, long bytes)
    {
        _files++;
        _done += bytes;
        progress?.Report(new CheckProgress(BackupNames.Of(folder, path), _done, total));
    }

    public CheckReport Report() => new(folder, _files, _done, Records, References, AuditEntries, _findings, _notes);

    private static long Length(IDisk disk, string path)
    {
        using var file = disk.OpenForReading(path);
        return file?.Length ?? 0;
    }
}
