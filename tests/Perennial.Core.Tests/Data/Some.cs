using System.Globalization;
using System.Text;

namespace Perennial.Core.Tests.Data;

/// <summary>Small synthetic data.</summary>
public static class Some
{
    public static readonly string[] Species = ["gull", "owl", "goose"];

    public static string Day(int i) => new DateTime(1990, 1, 1).AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Columns day, speed, species, damaged; damaged depends on speed and species, with noise. </summary>
    public static string Csv(int rows, Func<int, bool>? damaged = null, int first = 0)
    {
        var text = new StringBuilder("day,speed,species,damaged\n");
        for (var i = first; i < first + rows; i++)
        {
            var hit = damaged?.Invoke(i) ?? Damaged(i);
            text.Append(CultureInfo.InvariantCulture, $"{Day(i)},{Speed(i)},{Species[i % 3]},{(hit ? "true" : "false")}\n");
        }
        return text.ToString();
    }

    public static int Speed(int i) => i * 37 % 50;

    public static bool Damaged(int i) => Speed(i) + (i % 3 == 2 ? 15 : 0) + (i * 7919 % 31) > 42;
}
