namespace Perennial.Local.Maintenance.Check;

/// <summary>Something broken.</summary>
/// <param name="Kind">A stable code in kebab case, e.g. <c>artifact-damaged</c>.</param>
/// <param name="File">The file, relative to the folder; for a dangling reference the table's row.</param>
/// <param name="Offset">Where in the file, in bytes; null where that is not known.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Meaning">What follows from it.</param>
/// <param name="Remedy">What to do.</param>
public sealed record CheckFinding(string Kind, string File, long? Offset, string What, string Meaning, string Remedy);

/// <summary>What a check of a folder saw.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Files that were read whole.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Records">Records of logs and snapshots that have the right checksum.</param>
/// <param name="References">References of models, versions, runs, datasets and monitor passes that were followed.</param>
/// <param name="AuditEntries">Entries of audit chains that were computed again.</param>
/// <param name="Findings">Everything broken.</param>
/// <param name="Notes">What looks odd and is no damage, e.g. a write that a crash cut short.</param>
public sealed record CheckReport(
    string Folder,
    int Files,
    long Bytes,
    long Records,
    int References,
    int AuditEntries,
    IReadOnlyList<CheckFinding> Findings,
    IReadOnlyList<string> Notes)
{
    /// <summary>Whether nothing is broken.</summary>
    public bool IsClean => Findings.Count == 0;
}

/// <summary>How far a check is.</summary>
/// <param name="What">What is being read.</param>
/// <param name="Done">Bytes read.</param>
/// <param name="Total">Bytes there are to read.</param>
public sealed record CheckProgress(string What, long Done, long Total);
