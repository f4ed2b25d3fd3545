using System.Text.Json;
using Perennial.Api.Contracts;
using Perennial.Cli.Demo;
using Perennial.Cli.Tests.Support;
using Perennial.Core;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;

namespace Perennial.Cli.Tests;

/// <summary>The built demo as a process, on three inputs; what happened is read from its JSON and, with the folder served again, from the API.</summary>
public sealed class DemoTests
{
    private const string Model = "bird-strike";

    [Fact]
    public async Task On_the_sample_it_names_the_leak_by_itself_and_serves_a_champion()
    {
        using var folder = new TemporaryFolder();
        var summary = await Demo(folder, Repository.Sample("strikes.csv"));

        Assert.True(summary.Result.Versions.Count >= 1);
        Assert.NotNull(summary.Result.Answered);
        Assert.True(summary.Passes.Count > 10, $"{summary.Passes.Count} monitor passes");
        await using var served = await DemoFolder.Serve(folder.Of("data"));
        var first = await served.Client.Get<RunResponse>($"/api/runs/run-{Model}-1");
        Assert.Equal(RunStatus.Succeeded, first.Run.Status);
        var leak = Assert.Single(first.Details.Findings, f => f.Kind == "leak");
        Assert.Equal("Effect Amount of damage", leak.Column);
        Assert.Contains(first.Details.Findings, f => f.Kind == "known-later" && f.Message.Contains("person", StringComparison.Ordinal));
        var status = await served.Client.Get<ModelStatus>($"/api/models/{Model}");
        Assert.NotNull(status.Champion);
        var signature = await served.Client.Get<ModelSignature>($"/api/models/{Model}/versions/{status.Champion.Version}/files/signature.json");
        Assert.DoesNotContain(signature.Inputs, i => i.Name is "Effect Amount of damage" or "Cost Other" or "Cost Repair" or "Cost Total $");
    }

    [Fact]
    public async Task Where_the_later_labels_are_flipped_it_retrains_and_the_new_version_wins()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Of("flipped.csv");
        await File.WriteAllLinesAsync(input, (await File.ReadAllLinesAsync(Repository.Sample("strikes.csv"))).Select(FlipFrom1998));

        var summary = await Demo(folder, input);

        await using var served = await DemoFolder.Serve(folder.Of("data"));
        var status = await served.Client.Get<ModelStatus>($"/api/models/{Model}");
        Assert.True(status.Champion!.Version > 1, Tell(summary));
        var alerts = await served.Client.Get<IReadOnlyList<Alert>>($"/api/models/{Model}/alerts");
        Assert.Contains(alerts, a => a.Kind == AlertKind.Performance);
        var champion = summary.Result.Versions.Single(v => v.Version == status.Champion.Version);
        Assert.True(champion.Value > champion.First + 0.2, Tell(summary));
    }

    [Fact]
    public async Task Where_rows_are_shuffled_in_time_no_drift_alert_opens()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Of("shuffled.csv");
        await File.WriteAllLinesAsync(input, ShuffleDates(await File.ReadAllLinesAsync(Repository.Sample("strikes.csv"))));

        var summary = await Demo(folder, input);

        await using var served = await DemoFolder.Serve(folder.Of("data"));
        var alerts = await served.Client.Get<IReadOnlyList<Alert>>($"/api/models/{Model}/alerts");
        Assert.True(alerts.All(a => a.Kind != AlertKind.Drift), Tell(summary) + string.Join('\n', alerts.Select(a => a.Message)));
        Assert.True(summary.Passes.Count > 10, $"{summary.Passes.Count} monitor passes");
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("precious.txt"), "mine");

        var (exit, _, errors) = await PerennialProcess.Run("demo", "--data", folder.Path);

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("not empty", errors, StringComparison.Ordinal);
    }

    private static async Task<DemoSummary> Demo(TemporaryFolder folder, string input)
    {
        var (exit, output, errors) = await PerennialProcess.Run(
            "demo", "--json", "--data", folder.Of("data"), "--input", input, "--spec", Repository.Sample("perennial.json"));
        Assert.True(exit == ExitCodes.Ok, $"exit {exit}\n{errors}\n{output}");
        return JsonSerializer.Deserialize<DemoSummary>(output, CoreJson.Options)!;
    }

    private static string FlipFrom1998(string line)
    {
        var year = line.Split(',').FirstOrDefault(f => f.Length == 10 && f[4] == '-' && f[7] == '-')?[..4];
        if (year is null || string.CompareOrdinal(year, "1998") < 0) return line;
        return line.EndsWith(",true", StringComparison.Ordinal) ? line[..^4] + "false" : line[..^5] + "true";
    }

    // The dates change places among rows; all else of a row stays together.
    private static string[] ShuffleDates(string[] lines)
    {
        var dates = lines.Skip(1).Select(DateOf).ToArray();
        var shuffled = dates.ToArray();
        new Learning.Randomness.Xoshiro256(7).Shuffle<string>(shuffled);
        return [lines[0], .. lines.Skip(1).Select((line, i) => line.Replace(dates[i], shuffled[i], StringComparison.Ordinal))];
    }

    private static string DateOf(string line) => line.Split(',').First(f => f.Length == 10 && f[4] == '-' && f[7] == '-' && char.IsAsciiDigit(f[0]));

    private static string Tell(DemoSummary summary) =>
        string.Join('\n', summary.Decisions.Select(d => $"{d.At:yyyy-MM-dd} {d.Kind} {d.Version}: {d.Reason}"))
        + '\n' + string.Join('\n', summary.Result.Versions.Select(v => $"version {v.Version} {v.State}: {v.Value} against {v.First}")) + '\n';
}
