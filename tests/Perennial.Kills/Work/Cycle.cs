namespace Perennial.Kills.Work;

/// <summary>One life of the host: what it is to do when it is killed, and when that is.</summary>
/// <param name="Target">What the kill is meant to hit.</param>
/// <param name="Fraction">When, as a share of how long the target takes.</param>
/// <param name="Model">Which of the models is looked at through the API, and gets the target's requests.</param>
/// <param name="Variant">Any number, for choices inside.</param>
internal sealed record Cycle(Phase Target, double Fraction, int Model, int Variant)
{
    private static readonly (Phase Target, int Weight)[] Weights =
        [(Phase.StartUp, 15), (Phase.Idle, 5), (Phase.Upload, 12), (Phase.Pipeline, 40), (Phase.Promotion, 10), (Phase.Prediction, 9), (Phase.Labels, 9)];

    /// <summary>The next cycle that a generator gives.</summary>
    public static Cycle Draw(Random random, int models)
    {
        var at = random.Next(Weights.Sum(w => w.Weight));
        var target = Weights.First(w => (at -= w.Weight) < 0).Target;
        return new Cycle(target, random.NextDouble(), random.Next(models), random.Next(1000));
    }

    /// <summary>How long after its requests began the host is killed; <paramref name="startUp"/> is how long starts take here.</summary>
    public TimeSpan Delay(TimeSpan startUp) => Fraction * Target switch
    {
        Phase.StartUp => startUp * 1.2,
        Phase.Pipeline => TimeSpan.FromMilliseconds(1200),
        Phase.Idle => TimeSpan.FromMilliseconds(100),
        _ => TimeSpan.FromMilliseconds(250),
    };
}
