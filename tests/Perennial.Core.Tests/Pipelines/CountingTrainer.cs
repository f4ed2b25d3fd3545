using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>The linear learner, counted, and broken on demand where it is fitted without validation rows.</summary>
public sealed class CountingTrainer : ITrainer
{
    private readonly BuiltInTrainer _inner = new("linear");
    private int _trained;

    public bool FailRefit { get; set; }

    public int Trained => _trained;

    public string Name => _inner.Name;

    public IReadOnlyList<SearchParameter>? Space(TaskKind task) => _inner.Space(task);

    public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken)
    {
        if (FailRefit && request.Validation is null) throw new ActivityFailureException(new Failure("broken", "The refit is broken.", Retryable: false));
        Interlocked.Increment(ref _trained);
        return _inner.Train(request, cancellationToken);
    }
}
