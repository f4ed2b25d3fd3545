using Microsoft.ML;
using Perennial.Core.Ports;
using Perennial.Learning;

namespace Perennial.MLNet.Learners;

/// <summary>One of ML.NET's learners: what can be searched for it, and how it is fitted on feature vectors.</summary>
internal abstract class MLNetLearner
{
    /// <summary>The candidate's name.</summary>
    public abstract string Name { get; }

    /// <summary>What may be searched; null when it cannot do the task.</summary>
    public abstract IReadOnlyList<SearchParameter>? Space(TaskKind task);

    /// <summary>Fits one model. On one thread: sums of floats must not depend on how many there are.</summary>
    public abstract FittedLearner Fit(LearnerInput input);
}

/// <summary>What a learner is fitted on.</summary>
/// <param name="Context">Carries the seed.</param>
/// <param name="Task">The task.</param>
/// <param name="Rows">The columns of <see cref="FeatureRow"/>.</param>
/// <param name="LeastLabel">The least value of a regression's label.</param>
/// <param name="Seed">For learners that take one of their own.</param>
/// <param name="Parameter">The values of the learner's parameters, by name.</param>
internal sealed record LearnerInput(MLContext Context, TaskKind Task, IDataView Rows, double LeastLabel, int Seed, Func<string, double> Parameter)
{
    /// <summary>A parameter that is a whole number.</summary>
    public int Whole(string name) => (int)Math.Round(Parameter(name));

    /// <summary>A parameter as ML.NET's linear trainers take it.</summary>
    public float Single(string name) => (float)Parameter(name);
}

/// <summary>A fitted learner.</summary>
/// <param name="Transformer">Scores feature vectors.</param>
/// <param name="Gains">Feature by feature the gain of all its splits; null for linear models and where they are not told.</param>
/// <param name="Weights">Feature by feature the sum of its weights' sizes; null for trees and where they are not told.</param>
internal sealed record FittedLearner(ITransformer Transformer, IReadOnlyList<(int Feature, double Gain)>? Gains = null, IReadOnlyList<float>? Weights = null);
