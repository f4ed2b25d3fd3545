using System.Text;
using Perennial.Api.Tests.Support;
using Perennial.Cli.Client;

namespace Perennial.Api.Tests;

/// <summary>A spec that comes with rows becomes the model's when they fit it, and not before.</summary>
public sealed class SpecDraftTests
{
    private const string Other = """{ "model": "churn", "label": "gone" }""";

    [Fact]
    public async Task Rows_that_do_not_fit_leave_the_models_spec_as_it_is()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        var kept = await host.Client.KeepSpec(Some.Model, Encoding.UTF8.GetBytes(Other));
        Assert.Equal(Some.Spec, await Spec(host));

        var refused = await Assert.ThrowsAsync<ApiProblemException>(() => host.Client.Upload(Some.Model, "rows.csv", Rows(Some.Rows()), kept));

        Assert.Equal("columns-missing", refused.Problem.Code);
        Assert.Equal(Some.Spec, await Spec(host));
        Assert.Empty((await host.Send(HttpMethod.Get, "/api/models/churn/datasets")).Body!.AsArray());

        await host.Client.Upload(Some.Model, "rows.csv", Rows(Some.Rows().Replace("churned", "gone", StringComparison.Ordinal)), kept);
        Assert.Equal(Other, await Spec(host));
    }

    [Fact]
    public async Task A_model_is_made_by_the_first_rows_that_fit_its_spec()
    {
        await using var host = await RunningHost.Start();
        var kept = await host.Client.KeepSpec(Some.Model, Encoding.UTF8.GetBytes(Some.Spec));
        await Assert.ThrowsAsync<ApiProblemException>(() => host.Client.Upload(Some.Model, "rows.csv", Rows("a,b\n1,2\n"), kept));
        Assert.Equal(404, (await host.Send(HttpMethod.Get, "/api/models/churn")).Status);

        await host.Client.Upload(Some.Model, "rows.csv", Rows(Some.Rows()), kept);

        var (_, _, model) = await host.Send(HttpMethod.Get, "/api/models/churn");
        Assert.Equal((kept.Id.ToString(), "2020-01-02T00:00:00+00:00"), ((string?)model!["model"]!["spec"], (string?)model["nextPassAt"]));
    }

    [Fact]
    public async Task Only_a_spec_of_the_same_model_can_be_kept_and_named()
    {
        await using var host = await RunningHost.Start();
        var kept = await host.Client.KeepSpec(Some.Model, Encoding.UTF8.GetBytes(Some.Spec));

        Assert.Equal("model-name-differs", await Code("/api/models/other/specs", Some.Spec, "application/json"));
        Assert.Equal("spec-invalid", await Code("/api/models/churn/specs", "{}", "application/json"));
        Assert.Equal("model-name-differs", await Code($"/api/models/other/datasets?spec={kept.Id}", Some.Rows(), "text/csv"));
        Assert.Equal("spec-unknown", await Code($"/api/models/churn/datasets?spec={new string('0', 64)}", Some.Rows(), "text/csv"));
        Assert.Equal("bad-spec-id", await Code("/api/models/churn/datasets?spec=newest", Some.Rows(), "text/csv"));
        Assert.Empty((await host.Send(HttpMethod.Get, "/api/models")).Body!.AsArray());

        async Task<string?> Code(string path, string body, string type) => (string?)(await host.Send(HttpMethod.Post, path, body, type)).Body!["code"];
    }

    private static MemoryStream Rows(string csv) => new(Encoding.UTF8.GetBytes(csv));

    private static async Task<string> Spec(RunningHost host) => Encoding.UTF8.GetString(await host.Client.GetBytes("/api/models/churn/spec"));
}
