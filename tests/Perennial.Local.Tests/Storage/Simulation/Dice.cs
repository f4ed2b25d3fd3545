namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>A small fast generator (SplitMix64): all that happens in a schedule comes from its seed.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to one less than the number of sides.</summary>
    public int Next(int sides) => (int)((Next() >> 32) * (ulong)sides >> 32);

    /// <summary>A number between two, both among them.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    public bool OneIn(int sides) => Next(sides) == 0;

    public bool Coin() => (long)Next() < 0;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];
}
