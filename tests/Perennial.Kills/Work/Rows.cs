using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Perennial.Kills.Work;

/// <summary>Small generated data whose label follows two of its columns, so that a model of it passes the gates.</summary>
internal static class Rows
{
    private static readonly string[] Plans = ["basic", "plus", "pro"];
    private static readonly string[] Cities = ["Ulm", "Bonn"];

    /// <summary>A CSV file.</summary>
    public static byte[] Csv(Random random, int rows)
    {
        var csv = new StringBuilder("age,plan,city,churned\n");
        for (var i = 0; i < rows; i++)
        {
            var (age, plan, city) = Draw(random);
            csv.Append(CultureInfo.InvariantCulture, $"{age},{plan},{city},{(Label(age, plan, random) ? "true" : "false")}\n");
        }
        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    /// <summary>A row to predict, and what will become of it.</summary>
    public static (JsonElement Row, bool Label) Next(Random random)
    {
        var (age, plan, city) = Draw(random);
        return (JsonSerializer.SerializeToElement(new { age, plan, city }), Label(age, plan, random));
    }

    private static (int Age, string Plan, string City) Draw(Random random) => (random.Next(18, 70), Plans[random.Next(Plans.Length)], Cities[random.Next(Cities.Length)]);

    private static bool Label(int age, string plan, Random random) => age + (plan == "basic" ? 20 : 0) + random.Next(25) > 65;
}
