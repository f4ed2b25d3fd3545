using System.Globalization;
using System.Text;

namespace Perennial.Api.Tests.Support;

/// <summary>Small data whose answer is known.</summary>
public static class Some
{
    public const string Model = "churn";

    public const string Spec = """
        { "model": "churn", "label": "churned", "train": { "trials": 2, "candidates": ["linear"] } }
        """;

    /// <summary>Rows whose label follows age and plan, with some noise; deterministic.</summary>
    public static string Rows(int count = 400)
    {
        var csv = new StringBuilder("age,plan,city,churned\n");
        for (var i = 0; i < count; i++)
        {
            var age = 20 + i * 37 % 50;
            var plan = (i * 7 % 3) switch { 0 => "basic", 1 => "plus", _ => "pro" };
            var churned = age + (plan == "basic" ? 20 : 0) + i * 13 % 29 > 75;
            csv.Append(CultureInfo.InvariantCulture, $"{(i % 20 == 0 ? "" : age.ToString(CultureInfo.InvariantCulture))},{plan},{(i % 2 == 0 ? "Ulm" : "Bonn")},{(churned ? "true" : "false")}\n");
        }
        return csv.ToString();
    }
}
