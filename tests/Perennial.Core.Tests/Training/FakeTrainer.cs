using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.Core.Tests.Training;

/// <summary>A space to search, and nothing to train.</summary>
public sealed class FakeTrainer(string name, params SearchParameter[] space) : ITrainer
{
    public string Name => name;

    public IReadOnlyList<SearchParameter>? Space(TaskKind task) => space;

    public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
}
