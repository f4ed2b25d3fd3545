using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Serving;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>
/// Datasets, content-addressed: the files of rows and a manifest are content, the manifest's hash is the id, and table <c>datasets</c>
/// (partition the model, row the id) lists them. The same file under the same reading rules is the same dataset.
/// </summary>
public sealed class DatasetCatalog(IContentStore content, ITableStore tables, TimeProvider clock)
{
    private const string Table = "datasets";
    private readonly Lock _gate = new();
    private (ContentHash Id, WeakReference<Frame> Frame)? _lastRead;

    /// <summary>
    /// Stores a file as it arrives, reads it once to infer its schema, checks it against the spec and registers it. Everything that can be
    /// wrong with a file is a problem with faults that name file, line and column; then nothing is registered, and nothing refers to its bytes.
    /// </summary>
    public async Task<Outcome<Dataset>> Add(
        string model, ModelSpec spec, Stream bytes, string fileName, DatasetOrigin origin, CancellationToken cancellationToken = default)
    {
        ContentHash hash;
        try
        {
            hash = await content.Put(bytes, cancellationToken);
        }
        catch (StoreFullException error)
        {
            return new Problem(ProblemKind.OutOfSpace, "out-of-space", error.Message);
        }
        // What is refused stays as content: somebody else may have put the same bytes and be about to refer to them. A collection removes it.
        var checkedFile = await Inspect(hash, model, spec, fileName, origin, cancellationToken);
        return checkedFile.Succeeded
            ? await Register(checkedFile.Value.Manifest, checkedFile.Value.Dataset, [hash], cancellationToken)
            : checkedFile.Problem;
    }

    /// <summary>The dataset, or null when the model has none of that id.</summary>
    public async Task<Dataset?> Find(string model, ContentHash id, CancellationToken cancellationToken = default) =>
        await tables.Get(Table, model, id.ToString(), cancellationToken) is { } entity ? await Read(entity, cancellationToken) : null;

    /// <summary>All datasets of a model, newest first.</summary>
    public async Task<IReadOnlyList<Dataset>> List(string model, CancellationToken cancellationToken = default)
    {
        var entities = new List<TableEntity>();
        await foreach (var entity in Query(model, cancellationToken)) entities.Add(entity);
        var datasets = new List<Dataset>();
        foreach (var entity in entities.OrderByDescending(OrderOf)) datasets.Add(await Read(entity, cancellationToken));
        return datasets;
    }

    /// <summary>The dataset that came last by upload or inbox; null when there is none. A file that comes again counts as new.</summary>
    public async Task<Dataset?> Newest(string model, CancellationToken cancellationToken = default) =>
        (await List(model, cancellationToken)).FirstOrDefault(d => d.Origin != DatasetOrigin.Traffic);

    /// <summary>What the dataset is made of.</summary>
    public Task<DatasetManifest> Manifest(Dataset dataset, CancellationToken cancellationToken = default) =>
        content.GetJson<DatasetManifest>(dataset.Id, cancellationToken);

    /// <summary>All rows of all parts, oldest part first, with the dataset's schema. The frame read last is kept while somebody uses it.</summary>
    /// <exception cref="MissingContentException">The store has lost a part.</exception>
    /// <exception cref="DamagedContentException">A part is not as it was stored.</exception>
    public async Task<Frame> Read(Dataset dataset, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            if (_lastRead is { } last && last.Id == dataset.Id && last.Frame.TryGetTarget(out var known)) return known;
        var manifest = await Manifest(dataset, cancellationToken);
        var parts = new List<Frame>();
        foreach (var part in manifest.Parts)
        {
            await using var stream = await content.OpenVerified(part.Content, cancellationToken);
            parts.Add(DatasetFile.Read(stream, manifest, part, cancellationToken));
        }
        var frame = parts.Count == 1 ? parts[0] : FrameConcatenation.Concat(parts);
        lock (_gate) _lastRead = (dataset.Id, new WeakReference<Frame>(frame));
        return frame;
    }

    /// <summary>A dataset of another one's parts and one more of labelled traffic.</summary>
    /// <param name="model">The model.</param>
    /// <param name="baseDataset">What is extended: an uploaded dataset, so that traffic is never counted twice.</param>
    /// <param name="traffic">All labelled traffic so far; with no rows the base itself is returned.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Dataset> ExtendWithTraffic(string model, Dataset baseDataset, TrafficExport traffic, CancellationToken cancellationToken = default)
    {
        if (traffic.Rows == 0) return baseDataset;
        var manifest = await Manifest(baseDataset, cancellationToken);
        var lines = await content.PutBytes(traffic.JsonLines, cancellationToken);
        var part = new DatasetPart(lines, DataFormat.Jsonl, "labelled traffic", traffic.Rows, traffic.JsonLines.Length);
        manifest = manifest with { Parts = [.. manifest.Parts, part] };
        var rows = baseDataset.Rows + traffic.Rows;
        var extended = baseDataset with
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{baseDataset.Name} + {traffic.Rows} rows of labelled traffic"),
            Model = model,
            Rows = rows,
            CreatedAt = clock.GetUtcNow(),
            Origin = DatasetOrigin.Traffic,
            Parent = baseDataset.Id,
        };
        return await Register(manifest, extended, [.. manifest.Parts.Select(p => p.Content)], cancellationToken);
    }

    private async Task<Outcome<(DatasetManifest Manifest, Dataset Dataset)>> Inspect(
        ContentHash hash, string model, ModelSpec spec, string fileName, DatasetOrigin origin, CancellationToken cancellationToken)
    {
        await using var stored = await content.Open(hash, cancellationToken) ?? throw new MissingContentException(hash);
        var length = stored.Length;
        var format = DatasetFile.FormatOf(spec, fileName, stored);
        var read = DatasetFile.Infer(stored, format, spec, fileName, cancellationToken);
        if (!read.Succeeded) return read.Problem;
        var frame = read.Value.Frame;
        if (DeclaredColumns.Check(spec, frame.Schema, fileName) is { } undeclared) return undeclared;
        var label = TaskInference.Read(frame, spec, fileName);
        if (!label.Succeeded) return label.Problem;
        if (NamedMetrics.Check(spec, label.Value.Task, fileName) is { } unfit) return unfit;
        var split = Splits.Make(frame, spec, label.Value, fileName);
        if (!split.Succeeded) return split.Problem;
        var part = new DatasetPart(hash, format, fileName, frame.RowCount, length);
        var manifest = new DatasetManifest([part], frame.Schema, spec.Data.Missing, spec.Data.Delimiter);
        return (manifest, new Dataset(default, model, fileName, frame.RowCount, frame.Schema, clock.GetUtcNow(), origin, null, read.Value.BadRows.Count));
    }

    private async Task<Dataset> Register(DatasetManifest manifest, Dataset dataset, IReadOnlyList<ContentHash> parts, CancellationToken cancellationToken)
    {
        var id = await content.PutJson(manifest, cancellationToken);
        var known = await Find(dataset.Model, id, cancellationToken);
        dataset = known ?? dataset with { Id = id };
        // A clock may stand still between two uploads; the later one is the newer all the same.
        var order = clock.GetUtcNow().UtcTicks;
        await foreach (var entity in Query(dataset.Model, cancellationToken)) order = Math.Max(order, OrderOf(entity) + 1);
        var properties = new Dictionary<string, string>
        {
            ["json"] = JsonSerializer.Serialize(dataset with { Columns = [] }, CoreJson.Options),
            ["columns"] = (await content.PutJson(dataset.Columns, cancellationToken)).ToString(),
            ["parts"] = string.Join(',', parts),
            ["order"] = order.ToString(CultureInfo.InvariantCulture),
        };
        await tables.Write(Table, dataset.Model, [TableOperation.Upsert(id.ToString(), properties)], cancellationToken);
        return dataset;
    }

    private async IAsyncEnumerable<TableEntity> Query(string model, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new TableQuery(Table, model);
        do
        {
            var page = await tables.Query(query, cancellationToken);
            foreach (var entity in page.Entities) yield return entity;
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }

    private static long OrderOf(TableEntity entity) => long.Parse(entity.Properties["order"], CultureInfo.InvariantCulture);

    private async Task<Dataset> Read(TableEntity entity, CancellationToken cancellationToken)
    {
        // The schema is content: that of a wide file would not fit a property.
        var dataset = JsonSerializer.Deserialize<Dataset>(entity.Properties["json"], CoreJson.Options)!;
        return dataset with { Columns = await content.GetJson<List<ColumnSchema>>(ContentHash.Parse(entity.Properties["columns"]), cancellationToken) };
    }
}
