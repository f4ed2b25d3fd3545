using System.Globalization;

namespace Perennial.Durable.Bench;

/// <summary>The rounds of one figure: the median, the lowest and the highest.</summary>
internal sealed class Spread
{
    private readonly List<double> _values = [];

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);

    /// <summary>E.g. <c>5,012 (4,800 to 5,100)</c>.</summary>
    public string Show(string format = "#,0") =>
        string.Create(CultureInfo.InvariantCulture, $"{Text(Median, format)} ({Text(_values.Min(), format)} to {Text(_values.Max(), format)})");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
