using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

public sealed class CommandTests
{
    [Fact]
    public async Task Help_lists_the_commands_and_the_exit_codes()
    {
        var (exit, output, _) = await PerennialProcess.Run("--help");

        Assert.Equal(ExitCodes.Ok, exit);
        foreach (var command in new[] { "up", "demo", "init", "run", "runs", "versions", "status", "predict", "promote", "rollback", "monitor", "gc", "backup", "restore", "fsck", "migrate" })
            Assert.Matches($@"(?m)^  {command}\b", output);
        Assert.Contains("3 no host answers", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_option_is_a_usage_error()
    {
        var (exit, _, errors) = await PerennialProcess.Run("runs", "--nonsense");

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("--nonsense", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_host_a_command_says_how_to_start_one()
    {
        var (exit, _, errors) = await PerennialProcess.Run("runs", "--model", "churn", "--url", "http://127.0.0.1:9");

        Assert.Equal(ExitCodes.Unreachable, exit);
        Assert.Contains("perennial up", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_host_on_the_same_folder_is_refused_with_the_first_ones_pid()
    {
        using var folder = new TemporaryFolder();
        using var first = PerennialProcess.Start("up", "--data", folder.Path, "--port", "0", "--json");
        while (!first.Output.Contains('}', StringComparison.Ordinal)) Assert.False(first.HasExited, first.Errors);

        var (exit, _, errors) = await PerennialProcess.Run("up", "--data", folder.Path, "--port", "0");

        Assert.Equal(ExitCodes.Refused, exit);
        var pid = System.Text.Json.JsonDocument.Parse(first.Output).RootElement.GetProperty("pid").GetInt32();
        Assert.Contains($"{pid}", errors, StringComparison.Ordinal);
        await first.Kill();
    }

    [Fact]
    public async Task Init_writes_a_spec_that_the_reader_takes()
    {
        using var folder = new TemporaryFolder();
        var spec = folder.Of("perennial.json");

        var (exit, _, errors) = await PerennialProcess.Run("init", Repository.Sample("strikes.csv"), "--label", "damaged", "--output", spec);

        Assert.True(exit == ExitCodes.Ok, errors);
        var read = Core.Pipelines.Spec.SpecReader.Read(await File.ReadAllBytesAsync(spec), spec);
        Assert.True(read.Succeeded, read.Problem?.Detail);
        Assert.Equal("damaged", read.Value.Label);
        Assert.Equal(ExitCodes.Usage, (await PerennialProcess.Run("init", Repository.Sample("strikes.csv"), "--output", spec)).Exit);
    }

    [Fact]
    public async Task A_spec_with_a_typo_is_named_by_line_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("perennial.json"), "{\n  \"model\": \"m\",\n  \"lable\": \"y\"\n}");

        var (exit, _, errors) = await PerennialProcess.Run("demo", "--input", Repository.Sample("strikes.csv"), "--spec", folder.Of("perennial.json"));

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("perennial.json:3:", errors, StringComparison.Ordinal);
    }
}
