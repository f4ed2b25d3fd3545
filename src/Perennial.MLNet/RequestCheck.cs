using Perennial.Core.Ports;
using Perennial.Learning.Models;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet;

/// <summary>What a request must be like before ML.NET sees it, with the reasons that built-in candidates give.</summary>
internal static class RequestCheck
{
    /// <summary>Refuses names that the learner does not know, and values beyond their range.</summary>
    /// <exception cref="LearnerRefusalException">There is such a parameter.</exception>
    public static void Parameters(string learner, IReadOnlyList<SearchParameter> space, IReadOnlyDictionary<string, double> parameters)
    {
        foreach (var (name, value) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var known = space.FirstOrDefault(p => p.Name == name)
                ?? throw new LearnerRefusalException("parameter-unknown", $"The learner '{learner}' has no parameter '{name}'; it has {string.Join(", ", space.Select(p => p.Name))}.");
            if (!(value >= known.Low && value <= known.High))
                throw new LearnerRefusalException("parameter-impossible", $"The parameter '{name}' of '{learner}' is {value}; it is from {known.Low} to {known.High}.");
        }
    }

    /// <summary>Labels and weights of the training rows.</summary>
    /// <exception cref="LearnerRefusalException">A feature is missing or is label or weight, or there is nothing to learn.</exception>
    /// <exception cref="ModelTrainingException">A label or weight is missing or impossible.</exception>
    public static TrainingTargets Targets(TrainingRequest request)
    {
        if (request.Train.RowCount == 0) throw new LearnerRefusalException("no-rows", "There are no training rows.");
        var targets = TrainingTargets.Read(request.Task, request.Train, request.Label, request.Classes, request.Weight);
        foreach (var feature in request.Features)
        {
            if (feature == request.Label || feature == request.Weight)
                throw new LearnerRefusalException("feature-is-label", $"Column '{feature}' is the {(feature == request.Label ? "label" : "weight")} and cannot be a feature.");
            if (request.Train.Find(feature) is null) throw new LearnerRefusalException("feature-missing", $"The training rows have no column '{feature}'.");
        }
        var counted = Enumerable.Range(0, targets.RowCount).Where(row => targets.Weights[row] > 0).ToArray();
        if (counted.Length == 0) throw new LearnerRefusalException("weight-impossible", $"Every weight in column '{request.Weight}' is 0.");
        if (counted.All(row => targets.Values[row] == targets.Values[counted[0]]))
            throw new LearnerRefusalException("label-constant", $"The label '{request.Label}' is the same in every training row; there is nothing to learn.");
        return targets;
    }
}
