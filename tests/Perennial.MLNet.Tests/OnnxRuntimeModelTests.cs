using Perennial.Contracts.Training;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Onnx;

namespace Perennial.MLNet.Tests;

public sealed class OnnxRuntimeModelContractTests : ModelRuntimeContract
{
    protected override IModelRuntime Runtime { get; } = new OnnxRuntimeModel();

    protected override byte[] Graph(TaskKind task) => Graphs.Of("boosted-trees", task);
}

public sealed class OnnxRuntimeModelTests
{
    private static readonly IModelRuntime Both = new FallbackRuntime(new ManagedRuntime(), new OnnxRuntimeModel());

    [Theory]
    [InlineData("linear", TaskKind.Binary)]
    [InlineData("linear", TaskKind.Multiclass)]
    [InlineData("boosted-trees", TaskKind.Binary)]
    [InlineData("boosted-trees", TaskKind.Regression)]
    public void It_says_what_the_managed_scorer_says_within_rounding(string learner, TaskKind task)
    {
        var graph = Graphs.Of(learner, task);
        // More rows than a block has.
        var rows = TrainingRows.Frame(task, 2500, seed: 9);
        var (managed, native) = (new ManagedRuntime().Load(graph), new OnnxRuntimeModel().Load(graph));

        Assert.Equal(managed.Inputs, native.Inputs);
        Assert.Equal(managed.Classes, native.Classes);
        var (expected, scores) = (managed.Score(rows), native.Score(rows));
        Assert.Equal(expected.Outputs, scores.Outputs);
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], scores.Values[i], 1e-5 * Math.Max(1, Math.Abs(expected.Values[i])));
    }

    [Fact]
    public void A_graph_with_an_operator_that_the_managed_scorer_lacks_goes_to_onnx_runtime()
    {
        var (graph, other) = Graphs.WithCosineForExponential();
        Assert.Contains("Cos", Assert.Throws<OnnxFormatException>(() => new ManagedRuntime().Load(other)).Message, StringComparison.Ordinal);
        var rows = TrainingRows.Frame(TaskKind.Regression, 20, seed: 5);

        var scores = Both.Load(other).Score(rows);

        var powers = Both.Load(graph).Score(rows);
        for (var row = 0; row < rows.RowCount; row++) Assert.Equal(Math.Cos(Math.Log(powers.Values[row])), scores.Values[row], 1e-4);
    }

    [Fact]
    public void A_graph_that_the_managed_scorer_can_run_keeps_its_very_bits()
    {
        var (graph, _) = Graphs.WithCosineForExponential();
        var rows = TrainingRows.Frame(TaskKind.Regression, 200, seed: 5);
        Assert.Equal(new ManagedRuntime().Load(graph).Score(rows).Values, Both.Load(graph).Score(rows).Values);
    }

    [Fact]
    public void No_rows_give_no_scores() =>
        Assert.Empty(new OnnxRuntimeModel().Load(Graphs.Of("linear", TaskKind.Binary)).Score(TrainingRows.Frame(TaskKind.Binary, 3, seed: 1).Take([])).Values);
}
