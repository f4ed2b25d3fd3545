namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>What a log must hold: the acknowledged records in order, then perhaps the first ones of one attempt that failed last.</summary>
internal sealed class RecordModel
{
    private readonly List<List<byte[]>> _failed = [];
    private int _lastCommit;

    /// <summary>Everything acknowledged or found.</summary>
    public List<byte[]> Records { get; } = [];

    public void Acknowledge(List<byte[]> records)
    {
        // What failed before is out for good: later records stand in its place.
        _failed.Clear();
        _lastCommit = records.Count;
        Records.AddRange(records);
    }

    public void Fail(List<byte[]> records) => _failed.Add(records);

    /// <summary>What failed before is out for good, since something came after it.</summary>
    public void Settle() => _failed.Clear();

    /// <summary>Says what is wrong with what was found, or null; what is right is taken over.</summary>
    public string? Compare(List<byte[]> found, bool damaged)
    {
        var same = 0;
        while (same < found.Count && same < Records.Count && found[same].AsSpan().SequenceEqual(Records[same])) same++;
        if (same < Records.Count)
        {
            // Nothing tells a damaged end from a torn one.
            if (damaged && same == found.Count && same >= Records.Count - _lastCommit) return null;
            return same == found.Count
                ? $"Record {same} of {Records.Count} acknowledged ones is lost, with those after it."
                : $"Record {same} of {Records.Count} acknowledged ones is another than was written.";
        }
        var more = found[same..];
        if (more.Count > 0 && !_failed.Any(attempt => IsPrefix(more, attempt)))
            return $"There are {more.Count} records behind the {Records.Count} acknowledged ones that no single failed attempt wrote.";
        _failed.Clear();
        if (more.Count > 0) _lastCommit = more.Count;
        Records.AddRange(more);
        return null;
    }

    private static bool IsPrefix(List<byte[]> found, List<byte[]> attempt) =>
        found.Count <= attempt.Count && !found.Where((record, i) => !record.AsSpan().SequenceEqual(attempt[i])).Any();
}
