using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Outcomes;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Data;
using Perennial.Core.Tests.Pipelines;
using Perennial.Core.Training;
using Perennial.Learning.Explanations;

namespace Perennial.Core.Tests.Serving;

/// <summary>Answers with what the columns added to them.</summary>
public sealed class ExplainTests
{
    [Theory]
    [InlineData("boosted-trees")]
    [InlineData("linear")]
    public async Task An_explained_answer_adds_up_to_its_own_log_odds(string candidate)
    {
        await using var host = await Trained(candidate);
        var service = Service(host, out var log);
        var answer = (await service.Predict("birds", new PredictRequest(Rows(20), Explain: 2))).Value;
        var named = (await service.PredictWith("birds", 1, new PredictRequest(Rows(20), Explain: 2))).Value;

        Assert.True(answer.Logged);
        Assert.Equal(20, (await log.Read(LogStreams.Predictions("birds"), null, 100)).Records.Count);
        for (var row = 0; row < 20; row++)
        {
            var (score, told) = (answer.Predictions[row].Score!.Value, answer.Predictions[row].Explanation!);
            Assert.Equal((MarginScale.LogOdds, "true"), (told.Scale, told.Class));
            Assert.Equal(2, told.Contributions.Count);
            Assert.True(Math.Abs(told.Contributions[0].Contribution) >= Math.Abs(told.Contributions[1].Contribution));
            Assert.Equal(told.Margin, told.Base + told.Contributions.Sum(c => c.Contribution) + told.Others, 1e-9);
            Assert.Equal(Math.Log(score / (1 - score)), told.Margin, 1e-3);
            Assert.All(told.Contributions, c => Assert.Equal(Rows(20)[row].GetProperty(c.Column).GetRawText(), c.Value.GetRawText()));
            Assert.Equal(told.Margin, named.Predictions[row].Explanation!.Margin);
        }
        Assert.Contains(answer.Predictions, p => p.Explanation!.Contributions[0].Column == "speed");
    }

    [Fact]
    public async Task Of_several_classes_the_answered_one_is_explained()
    {
        await using var host = await Trained("boosted-trees", ", \"task\": \"multiclass\"");
        var answer = (await Service(host, out _).PredictWith("birds", 1, new PredictRequest(Rows(10), Explain: 100))).Value;
        Assert.All(answer.Predictions, p =>
        {
            Assert.Equal((p.Label, MarginScale.Logit), (p.Explanation!.Class, p.Explanation.Scale));
            Assert.Equal(0, p.Explanation.Others);
        });
    }

    [Fact]
    public async Task Nothing_is_explained_unless_asked_for()
    {
        await using var host = await Trained("linear");
        var answer = (await Service(host, out _).Predict("birds", new PredictRequest(Rows(1)))).Value;
        Assert.Null(answer.Predictions[0].Explanation);
    }

    [Fact]
    public async Task Only_a_linear_version_has_the_means_in_its_package()
    {
        await using var linear = await Trained("linear");
        await using var trees = await Trained("boosted-trees");
        Assert.Equal("explainer.json", (await linear.Package(1)).Manifest.Files[3].Name);
        Assert.Equal(6, (await trees.Package(1)).Manifest.Files.Count);
    }

    [Fact]
    public async Task A_version_from_elsewhere_is_refused_in_words_before_anything_is_logged()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        var problem = (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1)], Explain: 3))).Problem!;

        Assert.Equal((ProblemKind.Conflict, "cannot-be-explained"), (problem.Kind, problem.Code));
        Assert.Empty(await live.AllTraffic());
        Assert.Equal("cannot-be-explained", (await live.Predictions.PredictWith(LiveModel.Name, 1, new PredictRequest([LiveModel.Row(1)], Explain: 3))).Problem!.Code);
    }

    [Theory]
    [InlineData(0, 1, "bad-explain")]
    [InlineData(101, 1, "bad-explain")]
    [InlineData(1, 101, "too-many-rows-to-explain")]
    public async Task Bounds_are_told(int explain, int rows, string code)
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var request = new PredictRequest([.. Enumerable.Range(0, rows).Select(i => LiveModel.Row(i))], Explain: explain);
        Assert.Equal(code, (await live.Predictions.Predict(LiveModel.Name, request)).Problem!.Code);
    }

    private static async Task<PipelineHost> Trained(string candidate, string more = "")
    {
        var host = await PipelineHost.Start(test: $"Explained_{candidate}");
        await host.PutSpec($$"""{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "train": { "trials": 1, "history": [1], "candidates": ["{{candidate}}"] }{{more}} }""");
        await host.Upload(Some.Csv(400));
        Assert.NotNull((await host.Run()).Version);
        return host;
    }

    private static PredictionService Service(PipelineHost host, out InMemoryPredictionLog log)
    {
        log = new InMemoryPredictionLog();
        return new PredictionService(host.Registry, host.Services.Specs, new LoadedVersions(host.Content, new ManagedRuntime()), log, host.Clock);
    }

    private static JsonElement[] Rows(int count) =>
        [.. Enumerable.Range(0, count).Select(i => JsonSerializer.SerializeToElement(new { day = Some.Day(400 + i), speed = Some.Speed(i), species = i == 3 ? "stork" : Some.Species[i % 3] }))];
}
