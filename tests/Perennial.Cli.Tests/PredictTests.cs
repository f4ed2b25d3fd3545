using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

public sealed class PredictTests
{
    [Fact]
    public async Task Explain_names_the_columns_that_moved_each_answer()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("perennial.json"), """{ "model": "churn", "label": "churned", "train": { "trials": 1, "candidates": ["boosted-trees"] } }""");
        await File.WriteAllTextAsync(folder.Of("data.csv"), Rows(600, withLabel: true));
        await File.WriteAllTextAsync(folder.Of("new.csv"), Rows(150, withLabel: false));
        using var host = PerennialProcess.Start("up", "--data", folder.Of("data"), "--port", "0", "--json");
        var url = await MistakeTests.Address(host);
        var (trained, _, trouble) = await PerennialProcess.Run("run", folder.Of("data.csv"), "--spec", folder.Of("perennial.json"), "--url", url);
        Assert.True(trained == ExitCodes.Ok, trouble);

        // More rows than one call explains.
        var (exit, output, errors) = await PerennialProcess.Run("predict", folder.Of("new.csv"), "--explain", "1", "--model", "churn", "--url", url);

        Assert.True(exit == ExitCodes.Ok, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(150, lines.Length);
        Assert.All(lines, line =>
        {
            var told = line["explanation"]!;
            Assert.Equal("age", (string?)Assert.Single(told["contributions"]!.AsArray())!["column"]);
            Assert.Equal((double)told["margin"]!, (double)told["base"]! + (double)told["contributions"]![0]!["contribution"]! + (double)told["others"]!, 1e-9);
        });
        var (refused, _, why) = await PerennialProcess.Run("predict", folder.Of("new.csv"), "--explain", "0", "--model", "churn", "--url", url);
        Assert.Equal(ExitCodes.Usage, refused);
        Assert.Contains("1 to 100", why, StringComparison.Ordinal);
        await host.Kill();
    }

    // Who is 45 or older leaves; the rest is noise.
    private static string Rows(int count, bool withLabel)
    {
        var text = new StringBuilder(withLabel ? "age,visits,churned\n" : "age,visits\n");
        for (var i = 0; i < count; i++)
        {
            var age = 20 + (i * 37 % 50);
            text.Append(CultureInfo.InvariantCulture, $"{age},{i * 7919 % 13}{(withLabel ? $",{((age >= 45) != (i % 11 == 0) ? "yes" : "no")}" : "")}\n");
        }
        return text.ToString();
    }
}
