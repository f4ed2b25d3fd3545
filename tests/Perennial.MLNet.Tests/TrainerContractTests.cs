using Perennial.Contracts.Training;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.MLNet.Tests;

public sealed class FastTreeContractTests : MLNetTrainerContract
{
    protected override string Learner => "mlnet-fasttree";
}

public sealed class LightGbmContractTests : MLNetTrainerContract
{
    protected override string Learner => "mlnet-lightgbm";
}

public sealed class SdcaContractTests : MLNetTrainerContract
{
    protected override string Learner => "mlnet-sdca";
}

public sealed class LbfgsContractTests : MLNetTrainerContract
{
    protected override string Learner => "mlnet-lbfgs";
}

/// <summary>What every trainer does; the graphs are loaded with the managed scorer, so each of ML.NET's is one that it can run.</summary>
public abstract class MLNetTrainerContract : TrainerContract
{
    protected abstract string Learner { get; }

    protected override ITrainer Trainer => MLNetTrainer.All(Runtime).Single(t => t.Name == Learner);

    protected override IModelRuntime Runtime { get; } = new ManagedRuntime();
}
