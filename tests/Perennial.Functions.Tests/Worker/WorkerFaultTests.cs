using System.Net;
using System.Text.Json.Nodes;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests.Worker;

/// <summary>The real worker whose storage does not answer.</summary>
public sealed class WorkerFaultTests
{
    // The emulator's published account, at ports where nobody listens.
    private const string Nowhere = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + "BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;QueueEndpoint=http://127.0.0.1:1/devstoreaccount1;";

    [Fact]
    public async Task A_fault_before_the_answer_is_a_problem_that_tells_nothing_of_the_account()
    {
        using var app = new PublishedApp();
        await using var host = await StandInHost.Start(app.Folder, [new("AzureStorage__ConnectionString", Nowhere), new("Inbox", Nowhere), new("AzureStorage__MaxRetries", "0")]);
        using var http = host.Http();
        using var response = await http.GetAsync("/api/models");
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.InternalServerError, "fault"), (response.StatusCode, (string?)problem["code"]));
        Assert.DoesNotContain("devstoreaccount1", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Unexpected fault in GET /api/models", host.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Eby8vdM02x", host.Log, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/")).StatusCode);
    }
}
