using System.Text.Json;
using Perennial.Learning.Randomness;
using Perennial.Learning.Statistics;

namespace Perennial.Learning.Tests.Statistics;

public class BettingTestTests
{
    private const double Alpha = 0.05;
    private const int Trials = 300;
    private const int Rows = 250;
    private static readonly double Enough = Math.Log(1 / Alpha);

    private static readonly Dictionary<string, Func<Xoshiro256, double>> Differences = new()
    {
        ["mean 0, -1 or 1"] = random => random.Next(2) == 0 ? -1 : 1,
        ["mean 0, uniform"] = random => 2 * random.NextDouble() - 1,
        ["mean 0, rare great gains"] = random => random.Next(20) == 0 ? 0.95 : -0.05,
        ["mean 0, rare great losses"] = random => random.Next(20) == 0 ? -0.95 : 0.05,
        ["mean 0, mostly none"] = random => random.Next(10) is var n && n == 0 ? -1 : n == 1 ? 1 : 0,
        ["mean 0.05, moderate"] = random => 0.05 + 0.4 * (random.NextDouble() - 0.5),
        ["mean -0.05, moderate"] = random => -0.05 + 0.4 * (random.NextDouble() - 0.5),
    };

    /// <summary>The shares of trials in which either evidence, looked at after every row, ever suffices.</summary>
    private static (double Positive, double Negative) EverDecides(string differences, ulong seed)
    {
        var random = new Xoshiro256(seed);
        int positive = 0, negative = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var state = BettingTest.Start;
            bool up = false, down = false;
            for (var row = 0; row < Rows; row++)
            {
                state = state.Update(Differences[differences](random));
                up |= Suffices(state.LogCapitalsPositive, () => state.LogEvidenceThatPositive);
                down |= Suffices(state.LogCapitalsNegative, () => state.LogEvidenceThatNegative);
            }
            positive += up ? 1 : 0;
            negative += down ? 1 : 0;
        }
        return (positive / (double)Trials, negative / (double)Trials);
    }

    /// <summary>A mean is no greater than its greatest part, so most rows need no evidence computed.</summary>
    private static bool Suffices(IReadOnlyList<double> logCapitals, Func<double> evidence)
    {
        for (var i = 0; i < logCapitals.Count; i++)
            if (logCapitals[i] >= Enough) return evidence() >= Enough;
        return false;
    }

    [Theory]
    [InlineData("mean 0, -1 or 1")]
    [InlineData("mean 0, uniform")]
    [InlineData("mean 0, rare great gains")]
    [InlineData("mean 0, rare great losses")]
    [InlineData("mean 0, mostly none")]
    public void Looking_after_every_row_errs_no_oftener_than_alpha(string differences)
    {
        var (positive, negative) = EverDecides(differences, 17);
        // Two standard errors of a share of 0.05 in so many trials.
        var bound = Alpha + 2 * Math.Sqrt(Alpha * (1 - Alpha) / Trials);
        Assert.InRange(positive, 0, bound);
        Assert.InRange(negative, 0, bound);
    }

    [Fact]
    public void A_mean_of_a_twentieth_is_found()
    {
        var gain = EverDecides("mean 0.05, moderate", 19);
        Assert.InRange(gain.Positive, 0.95, 1);
        Assert.Equal(0, gain.Negative);
        Assert.InRange(EverDecides("mean -0.05, moderate", 20).Negative, 0.95, 1);
    }

    [Fact]
    public void Evidence_is_the_mean_capital_of_the_bets()
    {
        // After one full gain a bet of share L holds 1 + L; after one full loss 1 - L.
        var shares = BettingTest.Start.Update(1).LogCapitalsPositive.Select(c => Math.Exp(c) - 1).ToArray();
        Assert.Equal(Math.Log(shares.Average(l => (1 + l) * (1 - l / 2))), BettingTest.Start.Update([1, -0.5]).LogEvidenceThatPositive, 1e-12);
        Assert.Equal(Math.Log(shares.Average(l => (1 - l) * (1 + l / 2))), BettingTest.Start.Update([1, -0.5]).LogEvidenceThatNegative, 1e-12);
        Assert.Equal(0, BettingTest.Start.LogEvidenceThatPositive, 1e-15);
    }

    [Fact]
    public void A_state_goes_on_from_json_with_the_same_bits()
    {
        double[] rows = [0.3, -0.1, 1, -1, 0.007];
        var whole = BettingTest.Start.Update(rows);
        var half = JsonSerializer.Deserialize<BettingState>(JsonSerializer.Serialize(BettingTest.Start.Update(rows.AsSpan(0, 2))))!;
        var resumed = half.Update(rows.AsSpan(2));
        Assert.Equal(whole.LogEvidenceThatPositive, resumed.LogEvidenceThatPositive);
        Assert.Equal(whole.LogCapitalsNegative, resumed.LogCapitalsNegative);
        Assert.Equal((5L, whole.Mean), (resumed.Rows, resumed.Mean));
    }

    [Fact]
    public void Differences_outside_their_bounds_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BettingTest.Start.Update(1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => BettingTest.Start.Update(double.NaN));
        Assert.Throws<ArgumentException>(() => new BettingState(1, 0, [0.0], [0.0]).Update(0));
    }
}
