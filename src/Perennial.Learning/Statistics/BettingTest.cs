using Perennial.Learning.Numerics;

namespace Perennial.Learning.Statistics;

/// <summary>
/// An always-valid test of the mean of differences in [-1, 1], by betting (Waudby-Smith and Ramdas 2024, "Estimating means of
/// bounded random variables by betting", JRSS-B 86(1), diversified Kelly betting: the mean capital of a grid of constant bets). Against
/// "the mean is at most 0" one stakes shares L of one's capital on each row: the product of 1 + L d grows only if that is wrong,
/// and the mean capital over the grid of L is a non-negative supermartingale. By Ville's inequality it ever reaches 1 / alpha with
/// a chance of at most alpha, so one may look after every row and stop when one likes.
/// </summary>
public static class BettingTest
{
    // Any shares in (0, 1) are valid. The best share is about mean / variance, so the grid is geometric: large ones serve differences
    // that are small and steady (Brier scores), small ones those that are large and noisy (one error or none).
    private static readonly double[] Shares =
        [0.95, 0.8, 0.65, 0.5, 0.38, 0.28, 0.2, 0.14, 0.1, 0.07, 0.05, 0.035, 0.025, 0.0175, 0.0125, 0.00875];

    /// <summary>The state before the first row.</summary>
    public static BettingState Start { get; } = new(0, 0, new double[Shares.Length], new double[Shares.Length]);

    internal static BettingState Update(BettingState state, ReadOnlySpan<double> differences)
    {
        if (state.LogCapitalsPositive.Count != Shares.Length || state.LogCapitalsNegative.Count != Shares.Length)
            throw new ArgumentException($"The state has other bets than the {Shares.Length} of this version; start anew.");
        double[] positive = [.. state.LogCapitalsPositive];
        double[] negative = [.. state.LogCapitalsNegative];
        var sum = state.Sum;
        foreach (var difference in differences)
        {
            if (!(difference is >= -1 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(differences), difference, "A difference is between -1 and 1.");
            sum += difference;
            for (var i = 0; i < Shares.Length; i++)
            {
                positive[i] += DeterministicMath.Log(1 + Shares[i] * difference);
                negative[i] += DeterministicMath.Log(1 - Shares[i] * difference);
            }
        }
        return new BettingState(state.Rows + differences.Length, sum, positive, negative);
    }

    /// <summary>ln of the mean capital, without overflow.</summary>
    internal static double LogMean(IReadOnlyList<double> logCapitals)
    {
        var largest = logCapitals.Max();
        double sum = 0;
        foreach (var capital in logCapitals) sum += DeterministicMath.Exp(capital - largest);
        return largest + DeterministicMath.Log(sum / logCapitals.Count);
    }
}

/// <summary>
/// What <see cref="BettingTest"/> knows after some rows: immutable, small, and the same after JSON and back, so that the evidence is
/// carried across steps and processes. Begin with <see cref="BettingTest.Start"/>.
/// </summary>
/// <param name="Rows">Rows seen.</param>
/// <param name="Sum">The sum of their differences.</param>
/// <param name="LogCapitalsPositive">ln of the capital of each bet that the mean is above 0.</param>
/// <param name="LogCapitalsNegative">ln of the capital of each bet that the mean is below 0.</param>
public sealed record BettingState(
    long Rows, double Sum, IReadOnlyList<double> LogCapitalsPositive, IReadOnlyList<double> LogCapitalsNegative)
{
    /// <summary>The mean difference so far; 0 before the first row.</summary>
    public double Mean => Rows == 0 ? 0 : Sum / Rows;

    /// <summary>
    /// ln of the evidence against "the mean is at most 0". Deciding once it reaches ln(1 / alpha), at whatever row, errs with a
    /// chance of at most alpha.
    /// </summary>
    public double LogEvidenceThatPositive => BettingTest.LogMean(LogCapitalsPositive);

    /// <summary>ln of the evidence against "the mean is at least 0", likewise. To use both, halve alpha.</summary>
    public double LogEvidenceThatNegative => BettingTest.LogMean(LogCapitalsNegative);

    /// <summary>The state after one more row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The difference is outside [-1, 1] or NaN.</exception>
    public BettingState Update(double difference) => BettingTest.Update(this, [difference]);

    /// <summary>The state after further rows, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A difference is outside [-1, 1] or NaN.</exception>
    /// <exception cref="ArgumentException">The state was made with other bets.</exception>
    public BettingState Update(ReadOnlySpan<double> differences) => BettingTest.Update(this, differences);
}
