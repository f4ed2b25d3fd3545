using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Tests.Data;

namespace Perennial.Core.Tests.Pipelines;

public class TrainingPipelineTests
{
    private const string Spec = """{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "train": { "trials": 4 } }""";

    [Fact]
    public async Task A_file_becomes_a_champion()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec);
        var dataset = await host.Upload(Some.Csv(400));
        var run = await host.Run();

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Equal(("run-birds-1", 1, dataset.Id), (run.Id, run.Version, run.Dataset));
        Assert.Equal(
            ["ingest", "validate", "profile", "split", "search", "fit", "evaluate", "gate", "package", "register"], run.Stages.Select(s => s.Name));
        Assert.All(run.Stages, s => Assert.Equal(StageStatus.Done, s.Status));
        Assert.Equal((5, 5), (run.Stages[4].Done, run.Stages[4].Total));
        Assert.Equal(1, (await host.Registry.FindAlias("birds", ModelRegistry.Champion))!.Version);
        Assert.Equal("<html>Succeeded</html>", System.Text.Encoding.UTF8.GetString(await Core.Ports.ContentStoreExtensions.GetBytes(host.Content, run.Report!.Value)));

        var details = (await host.Runs.Details(run.Id))!;
        Assert.Equal(Enumerable.Range(0, 5), details.Trials.Select(t => t.Index));
        Assert.Equal("baseline", details.Trials[0].Trainer);
        Assert.True(details.Evaluation!.Metrics["rocAuc"] > 0.8);
        Assert.Equal(0.5, details.Evaluation.BaselineMetrics["rocAuc"]);
        Assert.All(details.Evaluation.Gates, g => Assert.True(g.Passed, g.Detail));
        Assert.Equal(["day", "speed", "species", "damaged"], details.Profiles.Select(p => p.Name));
        Assert.True((await host.Registry.VerifyAudit("birds")).Intact);
    }
}
