using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>
/// Where a model's <see cref="SealedTraffic"/> is: table <c>traffic</c>, partition the model, row <c>sealed</c>, which names the content.
/// It belongs to the log whose cursors it holds: whoever copies a log elsewhere leaves this table out.
/// </summary>
internal sealed class SealedStore(ITableStore tables, IContentStore content)
{
    private const string Row = "sealed";
    private const string Manifest = "manifest";

    /// <summary>What stands there now.</summary>
    public async Task<SealedHead> Head(string model, CancellationToken cancellationToken) =>
        await tables.Get(LabelledTraffic.Table, model, Row, cancellationToken) is { } entity
            ? new SealedHead(ContentHash.Parse(entity.Properties[Manifest]), entity.ETag)
            : new SealedHead(null, null);

    /// <summary>What a head names.</summary>
    public Task<SealedTraffic> Read(ContentHash manifest, CancellationToken cancellationToken) => content.GetJson<SealedTraffic>(manifest, cancellationToken);

    /// <summary>Puts another in its place; null when another process was first, and then nothing has changed.</summary>
    public async Task<SealedHead?> Commit(string model, SealedHead before, SealedTraffic after, CancellationToken cancellationToken)
    {
        var manifest = await content.PutJson(after, cancellationToken);
        var properties = new Dictionary<string, string> { [Manifest] = manifest.ToString() };
        var operation = before.ETag is { } etag ? TableOperation.Replace(Row, properties, etag) : TableOperation.Insert(Row, properties);
        var written = await tables.Write(LabelledTraffic.Table, model, [operation], cancellationToken);
        return written.Succeeded ? new SealedHead(manifest, written.ETags[0]) : null;
    }
}

/// <summary>Which one stands there, and the ETag it was read under; nulls where there is none.</summary>
internal sealed record SealedHead(ContentHash? Manifest, string? ETag);
