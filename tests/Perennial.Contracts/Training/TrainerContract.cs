using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.Contracts.Training;

/// <summary>What every trainer does.</summary>
public abstract class TrainerContract
{
    protected abstract ITrainer Trainer { get; }

    /// <summary>What its graphs are loaded with.</summary>
    protected abstract IModelRuntime Runtime { get; }

    public static TheoryData<TaskKind> Tasks() => [TaskKind.Binary, TaskKind.Multiclass, TaskKind.Regression];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Equal_requests_give_equal_bytes(TaskKind task)
    {
        if (Trainer.Space(task) is null) return;
        var first = Trainer.Train(TrainingRows.Request(task), CancellationToken.None);
        var second = Trainer.Train(TrainingRows.Request(task), CancellationToken.None);
        Assert.Equal(first.Onnx, second.Onnx);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_graph_scores_raw_columns_for_every_class_in_order(TaskKind task)
    {
        if (Trainer.Space(task) is null) return;
        var request = TrainingRows.Request(task);

        var predictor = Runtime.Load(Trainer.Train(request, CancellationToken.None).Onnx);

        Assert.Equal(request.Classes, predictor.Classes);
        Assert.All(predictor.Inputs, input => Assert.Contains(input.Name, request.Features));
        var scores = predictor.Score(request.Train);
        Assert.Equal(task == TaskKind.Multiclass ? 3 : 1, scores.Outputs);
        Assert.Equal(request.Train.RowCount, scores.RowCount);
        Assert.All(scores.Values, value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Nothing_is_fitted_on_the_label_of_rows_that_only_stop_early(TaskKind task)
    {
        if (Trainer.Space(task) is null) return;
        var request = TrainingRows.Request(task) with { Validation = null };
        var predictor = Runtime.Load(Trainer.Train(request, CancellationToken.None).Onnx);
        Assert.DoesNotContain(predictor.Inputs, input => input.Name == request.Label);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Each_dimension_of_the_space_holds_its_default(TaskKind task)
    {
        foreach (var dimension in Trainer.Space(task) ?? [])
        {
            Assert.InRange(dimension.Default, dimension.Low, dimension.High);
            Assert.True(!dimension.Logarithmic || dimension.Low > 0, dimension.Name);
        }
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_with_a_reason_and_no_retry_helps()
    {
        var request = TrainingRows.Request(TaskKind.Binary) with { Label = "nowhere" };
        var refusal = Assert.Throws<ActivityFailureException>(() => Trainer.Train(request, CancellationToken.None));
        Assert.False(refusal.Failure.Retryable);
        Assert.Contains("nowhere", refusal.Failure.Message, StringComparison.Ordinal);
    }
}
