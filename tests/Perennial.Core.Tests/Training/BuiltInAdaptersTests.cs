using Perennial.Contracts.Training;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Training;

public sealed class BaselineTrainerContractTests : BuiltInTrainerContract
{
    protected override string Learner => "baseline";
}

public sealed class LinearTrainerContractTests : BuiltInTrainerContract
{
    protected override string Learner => "linear";
}

public sealed class BoostedTreesTrainerContractTests : BuiltInTrainerContract
{
    protected override string Learner => "boosted-trees";
}

public sealed class ManagedRuntimeContractTests : ModelRuntimeContract
{
    protected override IModelRuntime Runtime { get; } = new ManagedRuntime();

    protected override byte[] Graph(TaskKind task) =>
        BuiltInTrainer.All.Single(t => t.Name == "boosted-trees").Train(TrainingRows.Request(task), CancellationToken.None).Onnx;
}

public abstract class BuiltInTrainerContract : TrainerContract
{
    protected abstract string Learner { get; }

    protected override ITrainer Trainer => BuiltInTrainer.All.Single(t => t.Name == Learner);

    protected override IModelRuntime Runtime { get; } = new ManagedRuntime();
}
