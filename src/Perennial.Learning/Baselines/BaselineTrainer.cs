using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Baselines;

/// <summary>Candidate zero: the constant that loses least, so the classes' shares or the mean. Every other candidate has to beat it.</summary>
public static class BaselineTrainer
{
    /// <summary>The constant margins: log-odds, log shares, or the mean, all weighted.</summary>
    public static ConstantPredictor Train(TrainingTargets targets) => new(BoostingLoss.Of(targets.Task).BaseMargins(targets));
}
