using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Governance;

/// <summary>Makes and checks the hash chain of audit entries: entry n holds the hash of entry n-1, so that no entry can be changed, dropped or put in between unseen.</summary>
public static class AuditChain
{
    /// <summary>The entry with its <see cref="AuditEntry.Hash"/>: SHA-256 over the JSON of all other members.</summary>
    public static AuditEntry Seal(AuditEntry entry) => entry with { Hash = HashOf(entry) };

    /// <summary>Checks entries that should be the whole chain, in order.</summary>
    /// <returns>Null when it holds; otherwise what is wrong with the first entry that does not.</returns>
    public static string? FindBreak(IEnumerable<AuditEntry> entries)
    {
        var sequence = 0;
        var previous = "";
        foreach (var entry in entries)
        {
            sequence++;
            if (entry.Sequence != sequence) return $"Entry {sequence} is missing: entry {entry.Sequence} stands in its place.";
            if (entry.Previous != previous) return $"Entry {sequence} does not follow entry {sequence - 1}: the hash it names is another.";
            if (entry.Hash != HashOf(entry)) return $"Entry {sequence} was changed after it was written: its hash does not fit its content.";
            previous = entry.Hash;
        }
        return null;
    }

    private static string HashOf(AuditEntry entry) =>
        ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(entry with { Hash = "" }, CoreJson.Options)).ToString();
}

/// <summary>What a check of a model's audit chain found.</summary>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Intact">Whether the chain holds.</param>
/// <param name="Break">The first thing that does not fit; null when it holds.</param>
public sealed record AuditVerification(int Entries, bool Intact, string? Break);
