using System.Text;
using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Evaluation;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Serving;

/// <summary>A model in memory with versions that are functions: enough to serve, monitor and roll out without training.</summary>
public sealed class LiveModel
{
    public const string Name = "strikes";

    public static readonly DateTimeOffset Start = new(1996, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Speed may be missing, species may not; whether the strike did damage is the label.</summary>
    public static readonly ModelSignature Signature = new(
        TaskKind.Binary, "damaged", ["false", "true"], 0.5,
        [new SignatureColumn("speed", ColumnType.Numeric, true), new SignatureColumn("species", ColumnType.Categorical, false, ["goose", "gull"])],
        ["cost"]);

    private LiveModel()
    {
        Registry = new ModelRegistry(Tables, Clock);
        Specs = new ModelSpecs(Registry, Content);
        Versions = new LoadedVersions(Content, Runtime);
        Traffic = new LabelledTraffic(Log, Specs, Tables, Content);
        Predictions = new PredictionService(Registry, Specs, Versions, Log, Clock);
        Labels = new LabelService(Registry, Versions, Traffic, Log, Orchestrations, Clock);
    }

    public MovableClock Clock { get; } = new(Start);

    public InMemoryTableStore Tables { get; } = new();

    public InMemoryContentStore Content { get; } = new();

    public InMemoryPredictionLog Log { get; } = new();

    public FakeRuntime Runtime { get; } = new();

    public RecordingOrchestrations Orchestrations { get; } = new();

    public ModelRegistry Registry { get; }

    public ModelSpecs Specs { get; }

    public LoadedVersions Versions { get; }

    public LabelledTraffic Traffic { get; }

    public PredictionService Predictions { get; }

    public LabelService Labels { get; }

    /// <summary>The model with the sections of its spec beyond name and label, as JSON members.</summary>
    public static async Task<LiveModel> Create(string sections = "\"data\": {}")
    {
        var live = new LiveModel();
        await live.PutSpec(sections);
        return live;
    }

    public async Task PutSpec(string sections)
    {
        var spec = await Content.PutBytes(Encoding.UTF8.GetBytes($$"""{ "model": "{{Name}}", "label": "damaged", {{sections}} }"""));
        await Registry.PutModel(Name, spec, "test");
    }

    /// <summary>A version that scores every row by the function; version 1 is promoted.</summary>
    public Task<ModelVersion> Add(Func<double, double> bySpeed, Baseline? baseline = null, ChampionComparison? compared = null) =>
        Add(Signature, frame => BySpeed(frame, bySpeed), baseline, compared);

    public async Task<ModelVersion> Add(ModelSignature signature, Func<Frame, Scores> score, Baseline? baseline = null, ChampionComparison? compared = null)
    {
        var known = (await Registry.ListVersions(Name)).Count;
        var evaluation = new EvaluationReport
        {
            Task = signature.Task,
            Metric = "brier",
            Classes = signature.Classes,
            Rows = 100,
            Metrics = new Dictionary<string, double>(),
            Intervals = new Dictionary<string, MetricInterval>(),
            BaselineMetrics = new Dictionary<string, double>(),
            Champion = compared,
        };
        var manifest = new PackageManifest(
        [
            new PackageFile("baseline.json", await Content.PutJson(baseline ?? NoBaseline)),
            new PackageFile("evaluation.json", await Content.PutJson(evaluation)),
            new PackageFile("model.onnx", await Content.PutBytes(Runtime.Add(score))),
            new PackageFile("signature.json", await Content.PutJson(signature)),
        ]);
        var version = await Registry.Register(Name, $"run-{Name}-{known + 1}", await Content.PutJson(manifest), "A test.");
        if (known == 0) await Registry.Promote(Name, version.Version, "test", "The first.");
        return version;
    }

    public static Baseline NoBaseline { get; } = new(
        0, [], new ColumnProfile("(prediction)", ColumnType.Numeric, [], null, [], 0), 0,
        new Dictionary<string, double>(), new Dictionary<string, MetricInterval>());

    public static Scores BySpeed(Frame frame, Func<double, double> score)
    {
        var speed = (NumericColumn)frame["speed"];
        var values = new double[frame.RowCount];
        for (var row = 0; row < values.Length; row++) values[row] = score(speed.Values[row]);
        return new Scores(1, values);
    }

    public static JsonElement Row(double speed, string species = "gull") => JsonSerializer.SerializeToElement(new { speed, species });

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    public async Task<PredictResponse> Predict(params (string Id, double Speed)[] rows) =>
        (await Predictions.Predict(Name, new PredictRequest([.. rows.Select(r => Row(r.Speed))], [.. rows.Select(r => r.Id)]))).Value;

    public async Task<LabelsResponse> Label(params (string Id, bool Damaged)[] labels) =>
        (await Labels.Add(Name, new LabelsRequest([.. labels.Select(l => new LabelItem(l.Id, JsonSerializer.SerializeToElement(l.Damaged)))]))).Value;

    public Task<IReadOnlyList<JoinedPrediction>> AllTraffic() => Traffic.Window(Name, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
}
