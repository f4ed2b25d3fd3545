using Perennial.Core.Ports;
using Perennial.Learning.Numerics;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Training.Tuning;

/// <summary>What a search chooses from: a candidate, then the candidate's own parameters; and how much of the past it trains on.</summary>
/// <param name="Candidates">The candidates beside the baseline, in the spec's order.</param>
/// <param name="Shares">The newest shares of training rows; one null where rows have no order in time.</param>
internal sealed record SearchSpace(IReadOnlyList<CandidateSpace> Candidates, IReadOnlyList<double?> Shares)
{
    /// <summary>The dimensions of all candidates together: how random points are dealt out.</summary>
    public int Dimensions => Candidates.Sum(candidate => candidate.Parameters.Count);

    /// <summary>The candidates' defaults with each share, the spec's order.</summary>
    public IEnumerable<(CandidateSpace Candidate, double? Share)> Defaults() =>
        Shares.SelectMany(share => Candidates.Select(candidate => (candidate, share)));

    /// <summary>A random point: the candidate in proportion to its dimensions, every share alike.</summary>
    public TrialPlan Random(int index, Xoshiro256 random)
    {
        var at = random.Next(Dimensions);
        var candidate = Candidates.First(c => (at -= c.Parameters.Count) < 0);
        var share = Shares[random.Next(Shares.Count)];
        return candidate.Trial(index, share, p => p.At(random.NextDouble()));
    }
}

/// <summary>One candidate's parameters.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Parameters">Its dimensions; none where nothing is to be searched.</param>
internal sealed record CandidateSpace(string Trainer, IReadOnlyList<SearchParameter> Parameters)
{
    /// <summary>The defaults as a trial.</summary>
    public TrialPlan Defaults(int index, double? share) => Trial(index, share, p => p.Default);

    /// <summary>A trial of given values.</summary>
    public TrialPlan Trial(int index, double? share, Func<SearchParameter, double> value)
    {
        var parameters = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var parameter in Parameters) parameters[parameter.Name] = value(parameter);
        if (share is { } newest) parameters[TrialPlan.History] = newest;
        return new TrialPlan(index, Trainer, parameters);
    }
}

/// <summary>Parameters on the unit interval, on their own scale.</summary>
internal static class SearchParameterScale
{
    /// <summary>The value at a point of [0, 1], rounded as people would write it.</summary>
    public static double At(this SearchParameter parameter, double unit)
    {
        var value = parameter.Logarithmic
            ? DeterministicMath.Exp(DeterministicMath.Log(parameter.Low) + (unit * (DeterministicMath.Log(parameter.High) - DeterministicMath.Log(parameter.Low))))
            : parameter.Low + (unit * (parameter.High - parameter.Low));
        return Math.Clamp(parameter.Integer ? Math.Round(value) : Significant(value), parameter.Low, parameter.High);
    }

    /// <summary>The point of [0, 1] that a value lies at.</summary>
    public static double UnitOf(this SearchParameter parameter, double value)
    {
        var unit = parameter.Logarithmic
            ? (DeterministicMath.Log(value) - DeterministicMath.Log(parameter.Low)) / (DeterministicMath.Log(parameter.High) - DeterministicMath.Log(parameter.Low))
            : (value - parameter.Low) / (parameter.High - parameter.Low);
        return Math.Clamp(unit, 0, 1);
    }

    /// <summary>Four significant digits: more say nothing, and fewer are easier to read and to type.</summary>
    private static double Significant(double value) =>
        double.Parse(value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
