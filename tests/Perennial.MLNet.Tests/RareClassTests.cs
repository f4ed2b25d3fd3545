using Perennial.Contracts.Training;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.MLNet.Tests;

/// <summary>A trial on few rows may lack a class, or have one row of it.</summary>
public sealed class RareClassTests
{
    [Theory]
    [InlineData("mlnet-fasttree", 0, true)]
    [InlineData("mlnet-fasttree", 1, true)]
    [InlineData("mlnet-lightgbm", 0, true)]
    [InlineData("mlnet-lightgbm", 1, true)]
    [InlineData("mlnet-sdca", 0, true)]
    [InlineData("mlnet-sdca", 1, true)]
    [InlineData("mlnet-lbfgs", 0, true)]
    [InlineData("mlnet-lbfgs", 1, true)]
    public void A_class_with_next_to_no_rows_is_improbable_or_the_trial_is_refused_and_nothing_breaks(string learner, int rowsOfIt, bool trains)
    {
        var runtime = new ManagedRuntime();
        var request = TrainingRows.Request(TaskKind.Multiclass, 300);
        var of = Enumerable.Range(0, request.Train.RowCount).Where(row => request.Train["label"].Format(row) == "c").Take(rowsOfIt).ToHashSet();
        var kept = Enumerable.Range(0, request.Train.RowCount).Where(row => request.Train["label"].Format(row) != "c" || of.Contains(row)).ToArray();
        TrainedModel trained;
        try
        {
            trained = MLNetTrainer.All(runtime).Single(t => t.Name == learner).Train(request with { Train = request.Train.Take(kept) }, CancellationToken.None);
        }
        catch (ActivityFailureException refusal)
        {
            Assert.False(trains, refusal.Failure.Message);
            Assert.False(refusal.Failure.Retryable);
            Assert.NotEmpty(refusal.Failure.Message);
            return;
        }
        Assert.True(trains, $"{learner} trains with {rowsOfIt} rows of a class, which it did not: say so here.");
        var scores = runtime.Load(trained.Onnx).Score(request.Train);
        Assert.Equal(3, scores.Outputs);
        Assert.InRange(Enumerable.Range(0, scores.RowCount).Average(row => scores.Row(row)[2]), 0, 0.2);
    }
}
