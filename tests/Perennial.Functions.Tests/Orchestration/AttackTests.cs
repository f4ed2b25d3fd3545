using System.Text.Json;
using Perennial.Api.Tests.Support;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Functions.Orchestration;
using Perennial.Functions.Tests.Support.Stages;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>Hosts that want the same at once, and payloads that Durable Functions' messages have no room for.</summary>
public sealed class AttackTests : IAsyncLifetime
{
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private static readonly ActivityName<int, string> Large = new("large");
    // More than a gRPC message may hold.
    private static readonly string FiveMegabytes = new('x', 5 << 20);
    private readonly DurableStage _stage = new(new MovableClock(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task Of_many_clients_that_start_one_id_at_once_one_does()
    {
        _stage.Catalog.Add(Main, static async (context, input) => input + (await context.WaitForEvent<int>("go")).Value);
        await _stage.Start();
        for (var round = 0; round < 10; round++)
        {
            var id = $"one-{round}";
            var started = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => new DurableOrchestrationClient(() => _stage.Durable).Start(Main, id, i))));

            Assert.Single(started, won => won);
            await _stage.Client.RaiseEvent(id, "go", 100);
            await _stage.WhenIdle();
            Assert.Equal(101 + Array.IndexOf(started, true), (await _stage.Client.Get(id))!.Output!.Value.GetInt32());
        }
    }

    [Fact]
    public async Task Of_many_hosts_that_want_a_run_by_one_key_at_once_one_gets_it()
    {
        var whole = await WholeLifecycle.Begin(_stage, "\"data\": {}");
        var trigger = new RunTrigger(RunTriggerKind.Request, "A test wants it.", "ann", _stage.Clock.GetUtcNow(), null, "same");

        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => whole.Services.Runs.Request(Some.Model, trigger))));

        Assert.All(asked, answer => Assert.True(answer.Succeeded, answer.Problem?.Detail));
        Assert.Equal(RunStatus.Succeeded, (await whole.Settled()).Status);
        Assert.Single(Assert.Single(await whole.Services.Runs.List(Some.Model)).Triggers);
    }

    [Fact]
    public async Task A_result_of_five_megabytes_is_refused_before_it_is_sent()
    {
        await Begin(static _ => FiveMegabytes);

        Assert.Equal((OrchestrationStatus.Failed, "payload-too-large"), await End());
    }

    [Fact]
    public async Task A_failure_of_five_megabytes_arrives_cut()
    {
        await Begin(static _ => throw new InvalidOperationException(FiveMegabytes, new IOException(FiveMegabytes)));

        Assert.Equal((OrchestrationStatus.Failed, nameof(InvalidOperationException)), await End());
        Assert.EndsWith("x… (cut)", (await _stage.Client.Get("one"))!.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrations_own_failure_of_five_megabytes_arrives_cut()
    {
        _stage.Catalog.Add(Main, static (_, _) => throw new FormatException(FiveMegabytes));
        await _stage.Start();
        await _stage.Client.Start(Main, "one", 0);
        await _stage.WhenIdle();

        Assert.Equal((OrchestrationStatus.Failed, nameof(FormatException)), await End());
    }

    [Fact]
    public async Task Instances_whose_payloads_fill_several_messages_are_listed_page_by_page()
    {
        var large = new OrchestrationName<string, string>("Main");
        _stage.Catalog.Add(large, static async (context, _) => (await context.WaitForEvent<string>("never")).Value!);
        await _stage.Start();
        var input = new string('x', PayloadLimit.MaxBytes - 100);
        for (var i = 0; i < 300; i++) Assert.True(await _stage.Client.Start(large, $"one-{i:D3}", input));

        var page = await _stage.Client.Query(new OrchestrationQuery(Take: 200));
        var rest = await _stage.Client.Query(new OrchestrationQuery(Take: 200, Continuation: page.Continuation));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"one-{i:D3}"), page.Instances.Concat(rest.Instances).Select(state => state.InstanceId));
    }

    [Fact]
    public async Task What_a_run_sends_stays_far_below_the_limit()
    {
        var whole = await WholeLifecycle.Begin(_stage, """ "approval": { "required": true } """);
        var run = await whole.Run();

        var sent = new List<(string What, int Bytes)>();
        foreach (var id in new[] { run.InstanceId, LifecycleNames.SearchId(run.InstanceId), LifecycleNames.CoordinatorId(Some.Model) })
            foreach (var happened in await _stage.Client.History(id))
                if (happened.Data is { } data) sent.Add(($"{happened.Kind} {happened.Name}", JsonSerializer.SerializeToUtf8Bytes(data).Length));

        Assert.True(sent.Count > 20);
        Assert.All(sent, payload => Assert.True(payload.Bytes <= PayloadLimit.MaxBytes / 8, $"{payload.What}: {payload.Bytes} bytes"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    private async Task Begin(Func<int, string> large)
    {
        _stage.Catalog.Add(Main, static async (context, input) => (await context.Call(Large, input)).Length).Add(Large, large);
        await _stage.Start();
        await _stage.Client.Start(Main, "one", 0);
        await _stage.WhenIdle();
    }

    private async Task<(OrchestrationStatus, string?)> End() => await _stage.Client.Get("one") is { } state ? (state.Status, state.Failure?.Code) : default;
}
