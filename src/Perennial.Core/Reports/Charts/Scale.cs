namespace Perennial.Core.Reports.Charts;

/// <summary>Maps values onto coordinates, with ticks at round numbers (1, 2 or 5 times a power of ten).</summary>
internal readonly record struct Scale(double Low, double High, double From, double To)
{
    /// <summary>The coordinate of a value.</summary>
    public double this[double value] => From + ((value - Low) / (High - Low) * (To - From));

    /// <summary>A scale that holds the values with some air. Equal values get room on both sides.</summary>
    public static Scale Around(IEnumerable<double> values, double from, double to)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (low, high) = (finite.Min(), finite.Max());
        var air = high > low ? (high - low) * 0.08 : Math.Max(Math.Abs(high) * 0.05, 1e-3);
        return new Scale(low - air, high + air, from, to);
    }

    /// <summary>About so many round values within the scale.</summary>
    public IReadOnlyList<double> Ticks(int count)
    {
        var raw = (High - Low) / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var ticks = new List<double>();
        for (var i = Math.Ceiling(Low / step - 1e-9); i * step <= High + (step * 1e-9); i++) ticks.Add(i * step);
        return ticks;
    }

    /// <summary>A tick's label with the decimals that its neighbours need.</summary>
    public string Label(double tick, IReadOnlyList<double> ticks)
    {
        var step = ticks.Count > 1 ? ticks[1] - ticks[0] : Math.Abs(tick);
        var decimals = step > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 6) : 0;
        return (tick == 0 ? 0 : tick).ToString("#,0." + new string('0', decimals), System.Globalization.CultureInfo.InvariantCulture);
    }
}
