using System.Text;
using Perennial.Contracts.Training;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.MLNet.Tests;

/// <summary>Graphs of built-in candidates over <see cref="TrainingRows"/>.</summary>
internal static class Graphs
{
    public static byte[] Of(string learner, TaskKind task) => new BuiltInTrainer(learner).Train(TrainingRows.Request(task), CancellationToken.None).Onnx;

    /// <summary>A graph whose last operator is the exponential, and the same with the cosine in its place, which the managed scorer lacks.</summary>
    public static (byte[] Exponential, byte[] Cosine) WithCosineForExponential()
    {
        var request = TrainingRows.Request(TaskKind.Regression) with { Parameters = new Dictionary<string, double> { ["poissonLoss"] = 1 } };
        var graph = new BuiltInTrainer("boosted-trees").Train(request, CancellationToken.None).Onnx;
        // A node's field 4 is its operator; both names have three letters.
        var (from, to) = (Encoding.ASCII.GetBytes("\"\u0003Exp"), Encoding.ASCII.GetBytes("\"\u0003Cos"));
        var at = graph.AsSpan().IndexOf(from);
        Assert.True(at > 0 && graph.AsSpan(at + 1).IndexOf(from) < 0, "There is one such node.");
        var other = graph.ToArray();
        to.CopyTo(other, at);
        return (graph, other);
    }
}
