using System.Globalization;
using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>
/// Results of pure stages. The key is the stage, its hand-raised version, the part of the spec it reads, its ordered inputs and the numeric
/// fingerprint; never the assembly's own hash, so that a rebuilt host still hits. A hit checks that its artifact is there.
/// </summary>
public sealed class StageCache(ITableStore tables, IContentStore content, TimeProvider clock)
{
    /// <summary>Raised by hand when the same stage would give other numbers: another summation order, another exp.</summary>
    public const string NumericFingerprint = "numbers-4";

    private const string Table = "cache";
    private const string MadeAt = "at";

    /// <summary>The artifact made before from the same, or the one made now.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="version">Raised by hand whenever the stage's code gives another result.</param>
    /// <param name="spec">The part of the spec that the stage reads.</param>
    /// <param name="inputs">Its inputs, in order.</param>
    /// <param name="make">Makes the artifact.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<(ContentHash Artifact, bool Cached)> GetOrMake<T>(
        string stage, int version, T spec, IReadOnlyList<ContentHash> inputs, Func<Task<ContentHash>> make, CancellationToken cancellationToken) =>
        GetOrMake(stage, version, spec, inputs, async () => (await make(), true), cancellationToken);

    /// <summary>The artifact made before from the same, or the one made now, which is for its maker alone where it says so.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="version">Raised by hand whenever the stage's code gives another result.</param>
    /// <param name="spec">The part of the spec that the stage reads.</param>
    /// <param name="inputs">Its inputs, in order.</param>
    /// <param name="make">Makes the artifact, and says whether it would be the same on another machine.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ContentHash Artifact, bool Cached)> GetOrMake<T>(
        string stage, int version, T spec, IReadOnlyList<ContentHash> inputs, Func<Task<(ContentHash Artifact, bool Keep)>> make, CancellationToken cancellationToken)
    {
        var key = ContentHash.Of(JsonSerializer.SerializeToUtf8Bytes(new { stage, version, spec, inputs, NumericFingerprint }, CoreJson.Options)).ToString();
        if (await tables.Get(Table, stage, key, cancellationToken) is { } entity)
        {
            var known = ContentHash.Parse(entity.Properties["artifact"]);
            if (await content.Exists(known, cancellationToken)) return (known, true);
        }
        var (artifact, keep) = await make();
        if (keep) await tables.Write(Table, stage, [TableOperation.Upsert(key, Properties(artifact.ToString()))], cancellationToken);
        return (artifact, false);
    }

    /// <summary>Forgets results that were made before an instant; they are made again when they are wanted.</summary>
    /// <returns>How many.</returns>
    public async Task<int> Forget(DateTimeOffset madeBefore, bool dryRun, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        foreach (var entity in await tables.QueryAll(new TableQuery(Table, null), cancellationToken))
        {
            if (IsForgettable(Table, entity, madeBefore))
            {
                if (dryRun || (await tables.Write(Table, entity.Partition, [TableOperation.Delete(entity.Row, entity.ETag)], cancellationToken)).Succeeded) forgotten++;
            }
            else if (!dryRun && !entity.Properties.ContainsKey(MadeAt))
            {
                // Versions before this one noted no time: such a result counts as made when it is first seen here.
                await tables.Write(Table, entity.Partition, [TableOperation.Replace(entity.Row, Properties(entity.Properties["artifact"]), entity.ETag)], cancellationToken);
            }
        }
        return forgotten;
    }

    /// <summary>Whether a row of any table is a result that was made before an instant.</summary>
    internal static bool IsForgettable(string table, TableEntity row, DateTimeOffset madeBefore) =>
        table == Table && row.Properties.TryGetValue(MadeAt, out var at)
        && DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time < madeBefore;

    private Dictionary<string, string> Properties(string artifact) =>
        new() { ["artifact"] = artifact, [MadeAt] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) };
}
