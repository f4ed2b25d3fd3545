using System.Security.Cryptography;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Tests.Models;

namespace Perennial.Learning.Tests.Determinism;

/// <summary>A small set of models that reaches every learner, task, loss and form of gradients; their files' hashes are committed.</summary>
internal static class KnownModels
{
    private static readonly Frame Few = SyntheticRows.Of(1500, 1);
    private static readonly Frame Later = SyntheticRows.Of(700, 3);

    // Enough that gradients are packed; of sky and wet alone there are so few combinations that rows collapse.
    private static readonly Frame Many = SyntheticRows.Of(33_000, 2);

    private static readonly IReadOnlyDictionary<string, TrainingSpec> Specs = new Dictionary<string, TrainingSpec>(StringComparer.Ordinal)
    {
        ["baseline-binary"] = Spec(ModelTraining.Baseline, TaskKind.Binary),
        ["baseline-multiclass"] = Spec(ModelTraining.Baseline, TaskKind.Multiclass),
        ["baseline-regression"] = Spec(ModelTraining.Baseline, TaskKind.Regression),
        ["linear-binary"] = Spec(ModelTraining.Linear, TaskKind.Binary),
        ["linear-multiclass"] = Spec(ModelTraining.Linear, TaskKind.Multiclass),
        ["linear-regression"] = Spec(ModelTraining.Linear, TaskKind.Regression),
        ["trees-binary"] = Trees(TaskKind.Binary),
        ["trees-multiclass"] = Trees(TaskKind.Multiclass),
        ["trees-regression"] = Trees(TaskKind.Regression),
        ["trees-absolute"] = Trees(TaskKind.Regression, ("absoluteLoss", 1)),
        ["trees-quantile"] = Trees(TaskKind.Regression, ("quantile", 0.8)),
        ["trees-poisson"] = Trees(TaskKind.Regression, ("poissonLoss", 1)),
        ["trees-monotone"] = Trees(TaskKind.Regression, ("monotone.x", 1), ("l1", 0.5)),
        ["trees-weighted"] = Trees(TaskKind.Binary, ("balanceClasses", 1)) with { Weight = "weight" },
        ["trees-sampled"] = Trees(TaskKind.Binary, ("rowSampling", 0.7), ("columnSampling", 0.6)),
        ["trees-level-sets"] = Trees(TaskKind.Multiclass, ("levelSets", 1), ("minLevelRows", 5)),
        ["trees-stopped-early"] = Trees(TaskKind.Binary, ("rounds", 60), ("earlyStoppingRounds", 3), ("learningRate", 0.3)) with { Validation = Later },
        ["trees-packed"] = Trees(TaskKind.Binary, ("rounds", 4)) with { Train = Many },
        ["trees-packed-multiclass"] = Trees(TaskKind.Multiclass, ("rounds", 2)) with { Train = Many, Weight = "weight" },
        ["trees-packed-poisson"] = Trees(TaskKind.Regression, ("rounds", 3), ("poissonLoss", 1), ("maxBins", 31)) with { Train = Many },
        ["trees-collapsed"] = Trees(TaskKind.Binary) with { Train = Many, Features = ["sky", "wet"] },
    };

    /// <summary>A line a model: the SHA-256 of its file and its name.</summary>
    public static IEnumerable<string> Lines(int threads) => Specs.Select(named =>
        $"{Convert.ToHexStringLower(SHA256.HashData(OnnxExporter.Export(ModelTraining.Train(named.Value with { Threads = threads }, default).Model)))}  {named.Key}");

    private static TrainingSpec Spec(string learner, TaskKind task) => SyntheticRows.Spec(learner, task, Few);

    private static TrainingSpec Trees(TaskKind task, params (string Name, double Value)[] parameters)
    {
        var all = new Dictionary<string, double> { ["rounds"] = 12, ["columnSampling"] = 1 };
        foreach (var (name, value) in parameters) all[name] = value;
        return Spec(ModelTraining.BoostedTrees, task) with { Parameters = all };
    }
}
