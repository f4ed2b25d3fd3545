using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>What a new user does on the first day, each step as typed, on one host.</summary>
public sealed class EverydayTests : IDisposable
{
    private const string Spec = """
        { "model": "churn", "label": "churned", "data": { "id": "customer", "format": "csv" }, "train": { "trials": 1, "candidates": ["linear"], "calibrate": "platt" } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_first_day_on_the_command_line()
    {
        using var host = PerennialProcess.Start("up", "--data", _folder.Of("data"), "--port", "0", "--json");
        var url = await MistakeTests.Address(host);
        var (spec, data) = (await File("churn.json", Spec), await File("customers.dat", Rows(800, withLabel: true)));

        await RunTells(url, spec, data);
        await ARefusedRunLeavesTheSpec(url, spec);
        await PredictTakesIdsAndFormatFromTheSpec(url);
        await PredictNamesWhatIsWrong(url);
        await SharedOptionsStandOnEitherSide(url);
        await host.Kill();
    }

    // Trials came before the ingest that they were made from, hints meant another model, and calibration was not told.
    private static async Task RunTells(string url, string spec, string data)
    {
        var output = await Ok("run", data, "--spec", spec, "--url", url);

        Assert.InRange(output.IndexOf("  trial 0:", StringComparison.Ordinal), output.IndexOf("  split:", StringComparison.Ordinal), output.IndexOf("  search:", StringComparison.Ordinal));
        Assert.InRange(output.IndexOf("  ingest:", StringComparison.Ordinal), 0, output.IndexOf("  split:", StringComparison.Ordinal));
        Assert.Matches(@"calibrated +platt .* Calibration error on the test rows: 0\.\d{4} before, 0\.\d{4} now\.", output);
        Assert.Contains($"Next: perennial predict rows.csv --model churn --url {url}", output, StringComparison.Ordinal);
    }

    private async Task ARefusedRunLeavesTheSpec(string url, string spec)
    {
        var other = await File("other.json", """{ "model": "churn", "label": "gone" }""");
        var before = await Ok("status", "--model", "churn", "--json", "--url", url);

        Told(await PerennialProcess.Run("run", _folder.Of("customers.dat"), "--spec", other, "--url", url), "There is no column 'gone' (label)");
        Told(await PerennialProcess.Run("run", _folder.Of("nowhere.csv"), "--spec", other, "--url", url), "There is no file");
        Told(await PerennialProcess.Run("run", "--spec", spec, "--model", "chrun", "--url", url), "--model says 'chrun', but churn.json describes the model 'churn'. Leave --model out");

        Assert.Equal(before, await Ok("status", "--model", "churn", "--json", "--url", url));
    }

    private async Task PredictTakesIdsAndFormatFromTheSpec(string url)
    {
        var rows = await File("new.dat", Rows(40, withLabel: false));

        var named = Lines(await Ok("predict", rows, "--model", "churn", "--url", url));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i:D4}"), named.Select(line => (string)line["id"]!));
        var made = Lines(await Ok("predict", rows, "--new-ids", "--model", "churn", "--url", url));
        Assert.DoesNotContain("0000", made.Select(line => (string)line["id"]!));
        var without = Lines(await Ok("predict", await File("nameless.csv", "age,visits\n30,2\n"), "--model", "churn", "--url", url));
        Assert.Equal(32, ((string)Assert.Single(without)["id"]!).Length);
    }

    private async Task PredictNamesWhatIsWrong(string url)
    {
        string[] call = ["--model", "churn", "--url", url];
        var lines = await File("bad.jsonl", """{"customer":"1","age":30,"visits":2}""" + "\n\n" + """{"customer":"2","age":"old","visits":2}""" + "\n");
        Told(await PerennialProcess.Run(["predict", lines, .. call]), "bad.jsonl, line 3, column 'age': A finite JSON number is wanted, not \"old\".");
        Told(await PerennialProcess.Run(["predict", await File("bad.csv", "customer,age,visits\n1,30,2\n2,old,2\n"), .. call]), "bad.csv, line 3, column 'age'");
        Told(await PerennialProcess.Run(["predict", await File("half.csv", "customer,age,visits\n1,30,2\n,31,2\n"), .. call]), "half.csv, row 2 has no 'customer', which data.id names. Give it in all rows, or --new-ids");
        Told(await PerennialProcess.Run(["predict", await File("half.csv", "customer,age,visits\n,30,2\n2,31,2\n3,70,2\n"), .. call]), "half.csv, row 1 has no 'customer', which data.id names. Give it in all rows, or --new-ids");
        Told(await PerennialProcess.Run(["predict", await File("twice.csv", "customer,age,visits\n1,30,2\n1,31,2\n"), .. call]), "twice.csv, row 2, the id: '1' stands twice in the call.");
        Told(await PerennialProcess.Run(["predict", lines, "--explain", "abc", .. call]), "--explain is a whole number, not 'abc'.");
    }

    private static async Task SharedOptionsStandOnEitherSide(string url)
    {
        var expected = await Ok("versions", "--model", "churn", "--url", url);

        Assert.Equal(expected, await Ok("--url", url, "--model", "churn", "versions"));
        Assert.Equal(expected, await Ok($"--url={url}", "versions", "-m", "churn"));
        Told(await PerennialProcess.Run("--url", url, "up"), "--url");
    }

    private async Task<string> File(string name, string text)
    {
        await System.IO.File.WriteAllTextAsync(_folder.Of(name), text);
        return _folder.Of(name);
    }

    private static async Task<string> Ok(params string[] arguments)
    {
        var (exit, output, errors) = await PerennialProcess.Run(arguments);
        Assert.True(exit == ExitCodes.Ok, errors);
        return output;
    }

    private static void Told((int Exit, string Output, string Errors) ran, string message)
    {
        Assert.Contains(message, ran.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, ran.Exit);
    }

    private static JsonNode[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    // Who is 45 or older leaves; the rest is noise. Customers have leading zeros, as ids do.
    private static string Rows(int count, bool withLabel)
    {
        var text = new StringBuilder(withLabel ? "customer,age,visits,churned\n" : "customer,age,visits\n");
        for (var i = 0; i < count; i++)
        {
            var age = 20 + (i * 37 % 50);
            text.Append(CultureInfo.InvariantCulture, $"{i:D4},{age},{i * 7919 % 13}{(withLabel ? $",{((age >= 45) != (i % 11 == 0) ? "yes" : "no")}" : "")}\n");
        }
        return text.ToString();
    }
}
