using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Perennial.Api;
using Perennial.Api.Tests.Support;
using Perennial.Azure;
using Perennial.Azure.Tests.Support;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Hosting;
using Perennial.Functions.Orchestration;
using Perennial.Functions.Triggers;

namespace Perennial.Functions.Tests.Triggers;

/// <summary>What timers, predictions, activities and maintenance do over real stores and a durable client that records.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class FunctionTests(Azurite azurite) : IAsyncLifetime
{
    private readonly Mock<DurableTaskClient> _durable = new("test");
    private readonly WebApplication _web = Built(azurite.Options());

    private BoundDurableClient Bound => _web.Services.GetRequiredService<BoundDurableClient>();

    private ApiServices Api => _web.Services.GetRequiredService<ApiServices>();

    public async Task InitializeAsync()
    {
        var spec = await Api.Content.PutBytes(System.Text.Encoding.UTF8.GetBytes(Some.Spec));
        Assert.True((await Api.Registry.PutModel(Some.Model, spec, "test")).Succeeded);
    }

    public async Task DisposeAsync() => await _web.DisposeAsync();

    [Fact]
    public async Task The_sweep_starts_the_monitor_of_each_model()
    {
        await Timers().Sweep(new TimerInfo(), _durable.Object, Mock.Of<FunctionContext>());
        Started(LifecycleNames.MonitorSchedule.Value, Times.Once());
    }

    [Fact]
    public async Task The_timer_of_passes_tells_the_monitor_of_each_model()
    {
        await Timers().MonitorPasses(new TimerInfo(), _durable.Object, Mock.Of<FunctionContext>());
        Assert.Contains(_durable.Invocations, call => call.Method.Name == nameof(DurableTaskClient.RaiseEventAsync));
    }

    [Fact]
    public async Task A_damaged_model_keeps_the_timers_from_no_other_and_is_told_at_the_end()
    {
        // It comes first, and its runs cannot be read.
        var stores = _web.Services.GetRequiredService<AzureStores>();
        Assert.True((await Api.Registry.PutModel("a-damaged", await Api.Content.PutBytes(System.Text.Encoding.UTF8.GetBytes(Some.Spec)), "test")).Succeeded);
        Assert.True((await stores.Tables.Write("runs", "a-damaged", [TableOperation.Insert("pending", new Dictionary<string, string> { ["json"] = "{" })])).Succeeded);
        _durable.Setup(durable => durable.RaiseEventAsync(LifecycleNames.MonitorId("a-damaged"), It.IsAny<string>(), It.IsAny<object?>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("lost"));

        await Assert.ThrowsAsync<System.Text.Json.JsonException>(() => Timers().Sweep(new TimerInfo(), _durable.Object, Mock.Of<FunctionContext>()));
        await Assert.ThrowsAsync<IOException>(() => Timers().MonitorPasses(new TimerInfo(), _durable.Object, Mock.Of<FunctionContext>()));

        Assert.Contains(_durable.Invocations, call => call.Method.Name == nameof(DurableTaskClient.ScheduleNewOrchestrationInstanceAsync) && call.Arguments[2] is StartOrchestrationOptions { InstanceId: "monitor-" + Some.Model });
        Assert.Contains(_durable.Invocations, call => call.Method.Name == nameof(DurableTaskClient.RaiseEventAsync) && (string)call.Arguments[0] == LifecycleNames.MonitorId(Some.Model));
    }

    [Fact]
    public async Task The_timer_of_collections_makes_one_by_the_default_bounds()
    {
        var asked = new List<Microsoft.DurableTask.Client.OrchestrationQuery?>();
        _durable.Setup(durable => durable.GetAllInstancesAsync(It.IsAny<Microsoft.DurableTask.Client.OrchestrationQuery?>()))
            .Callback((Microsoft.DurableTask.Client.OrchestrationQuery? query) => asked.Add(query))
            .Returns(Pageable.Create<OrchestrationMetadata>((_, _, _) => Task.FromResult(new Page<OrchestrationMetadata>([], null))));
        await Timers().Collect(new TimerInfo(), _durable.Object, Mock.Of<FunctionContext>());
        Assert.Contains(asked, query => query?.CreatedTo < DateTimeOffset.UtcNow - TimeSpan.FromDays(89));
    }

    [Fact]
    public async Task A_prediction_is_answered_by_the_same_routes()
    {
        var http = new DefaultHttpContext { RequestServices = _web.Services };
        http.Request.Method = "POST";
        http.Request.Path = "/api/models/nobody/predict";
        http.Request.ContentType = "application/json";
        http.Response.Body = new MemoryStream();
        var functions = new HttpFunctions(_web.Services.GetRequiredService<ApiPipeline>(), Bound);
        await (await functions.Predict(http.Request, _durable.Object)).ExecuteAsync(http);
        Assert.Equal((404, "application/problem+json"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Same(_durable.Object, Bound.Client);
    }

    [Theory]
    [InlineData("cross-site", 400)]
    [InlineData("same-site", 400)]
    [InlineData("same-origin", 404)]
    [InlineData(null, 404)]
    public async Task A_page_of_another_site_that_meets_a_proxy_with_a_key_changes_nothing(string? site, int expected)
    {
        var http = new DefaultHttpContext { RequestServices = _web.Services };
        http.Request.Method = "POST";
        http.Request.Path = "/api/models/nobody/monitor";
        if (site is not null) http.Request.Headers["Sec-Fetch-Site"] = site;
        http.Response.Body = new MemoryStream();
        var functions = new HttpFunctions(_web.Services.GetRequiredService<ApiPipeline>(), Bound);
        await (await functions.Api(http.Request, _durable.Object)).ExecuteAsync(http);
        Assert.Equal((expected, "application/problem+json"), (http.Response.StatusCode, http.Response.ContentType));
        Assert.Empty(_durable.Invocations);
    }

    [Fact]
    public async Task Every_activity_function_runs_the_activity_of_its_name_with_the_hosts_token()
    {
        var catalog = new OrchestrationCatalog();
        using var stopping = new CancellationTokenSource();
        var seen = new List<string>();
        foreach (var name in _web.Services.GetRequiredService<AzureLifecycle>().Catalog.Activities.Keys)
        {
            catalog.Add(new ActivityName<int, int>(name), (_, _, token) =>
            {
                Assert.Equal(stopping.Token, token);
                seen.Add(name);
                return Task.FromResult(1);
            });
        }
        var functions = new ActivityFunctions(new DurableActivities(catalog), Bound);
        var context = new Mock<FunctionContext>();
        context.Setup(c => c.CancellationToken).Returns(stopping.Token);
        var methods = typeof(ActivityFunctions).GetMethods().Where(method => Attribute.IsDefined(method, typeof(FunctionAttribute))).ToList();
        foreach (var method in methods)
            await (Task<string>)method.Invoke(functions, [Wire.Text(new ActivityCall("one", 1, Wire.Json(1))), _durable.Object, context.Object])!;
        Assert.Equal(methods.Select(method => ((FunctionAttribute)Attribute.GetCustomAttribute(method, typeof(FunctionAttribute))!).Name), seen);
    }

    [Fact]
    public async Task A_collection_runs_while_a_backup_is_the_accounts_business()
    {
        Bound.Bind(_durable.Object);
        var backup = await Api.Maintenance.BeginBackup(CancellationToken.None);
        Assert.Equal("backup-by-account", backup.Problem!.Code);
        _durable.Setup(durable => durable.GetAllInstancesAsync(It.IsAny<Microsoft.DurableTask.Client.OrchestrationQuery?>())).Returns(Pageable.Create<OrchestrationMetadata>((_, _, _) =>
            Task.FromResult(new Page<OrchestrationMetadata>([], null))));
        var collected = await Api.Maintenance.Collect(CollectionRequest.Default, CancellationToken.None);
        Assert.True(collected.Succeeded, collected.Problem?.Detail);
    }

    private static WebApplication Built(AzureStorageOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        FunctionsHost.AddPerennial(builder.Services, options, new InboxOptions());
        return builder.Build();
    }

    private TimerFunctions Timers() => new(_web.Services.GetRequiredService<AzureLifecycle>(), Bound);

    private void Started(string orchestration, Times times) => _durable.Verify(
        durable => durable.ScheduleNewOrchestrationInstanceAsync(new TaskName(orchestration), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()), times);
}
