using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Moq;
using Perennial.Core.Orchestration;
using Perennial.Functions.Hosting;
using Perennial.Functions.Orchestration;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>What the adapters make of what Durable Functions answers.</summary>
public sealed class DurableAdapterTests
{
    private static readonly OrchestrationName<int, int> Main = new("Main", 7);
    private readonly Mock<DurableTaskClient> _durable = new("test");
    private readonly DurableOrchestrationClient _client;

    public DurableAdapterTests() => _client = new DurableOrchestrationClient(() => _durable.Object);

    [Fact]
    public void Before_any_function_has_bound_a_client_there_is_none_and_it_is_said()
    {
        var bound = new BoundDurableClient();
        Assert.Contains("durable client", Assert.Throws<InvalidOperationException>(() => bound.Client).Message, StringComparison.Ordinal);
        bound.Bind(_durable.Object);
        Assert.Same(_durable.Object, bound.Client);
    }

    [Fact]
    public async Task A_start_that_another_process_made_first_is_false()
    {
        _durable.Setup(durable => durable.ScheduleNewOrchestrationInstanceAsync(new TaskName("Main"), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new OrchestrationAlreadyExistsException("It is there."));
        Assert.False(await _client.Start(Main, "one", 1));
    }

    [Fact]
    public async Task A_start_refuses_every_state_of_an_instance_of_that_id()
    {
        StartOrchestrationOptions? options = null;
        _durable.Setup(durable => durable.ScheduleNewOrchestrationInstanceAsync(new TaskName("Main"), It.IsAny<object?>(), It.IsAny<StartOrchestrationOptions?>(), It.IsAny<CancellationToken>()))
            .Callback((TaskName _, object? _, StartOrchestrationOptions? given, CancellationToken _) => options = given)
            .ReturnsAsync("one");
        Assert.True(await _client.Start(Main, "one", 1));
        Assert.Equal("one", options!.InstanceId);
        Assert.Equal(StartOrchestrationOptionsExtensions.ValidDedupeStatuses.Select(status => status.ToString()).Order(), options.DedupeStatuses!.Order());
        Assert.Superset(
            new HashSet<string> { "Pending", "Running", "Suspended", "Completed", "Failed", "Terminated" }, new HashSet<string>(options.DedupeStatuses!));
    }

    [Fact]
    public async Task The_history_of_an_instance_that_is_purged_meanwhile_is_empty()
    {
        _durable.Setup(durable => durable.GetInstanceAsync("one", It.IsAny<CancellationToken>())).ReturnsAsync(new OrchestrationMetadata("Main", "one"));
        _durable.Setup(durable => durable.GetOrchestrationHistoryAsync("one", It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ArgumentException("An orchestration with the instanceId one was not found."));
        Assert.Empty(await _client.History("one"));
        _durable.Verify(durable => durable.GetOrchestrationHistoryAsync("one", It.IsAny<CancellationToken>()), Times.Once);
    }

    [Fact]
    public async Task An_instance_that_runs_is_not_purged()
    {
        _durable.Setup(durable => durable.GetInstancesAsync("one", It.IsAny<bool>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new OrchestrationMetadata("Main", "one") { RuntimeStatus = OrchestrationRuntimeStatus.Running });
        Assert.False(await _client.Purge("one"));
        _durable.Verify(durable => durable.PurgeInstanceAsync(It.IsAny<string>(), It.IsAny<PurgeInstanceOptions?>(), It.IsAny<CancellationToken>()), Times.Never);
    }

    [Fact]
    public async Task A_crash_of_the_process_that_ran_an_orchestration_is_a_failure_that_a_retry_can_help()
    {
        var details = new TaskFailureDetails("Outer", "Outer.", null, new TaskFailureDetails("System.OutOfMemoryException", "No memory.", null, null, null), null);
        _durable.Setup(durable => durable.GetInstancesAsync("one", true, It.IsAny<CancellationToken>()))
            .ReturnsAsync(new OrchestrationMetadata("Main", "one") { RuntimeStatus = OrchestrationRuntimeStatus.Failed, FailureDetails = details });
        _durable.Setup(durable => durable.GetInstanceAsync("one", true, It.IsAny<CancellationToken>())).CallBase();
        Assert.Equal(new Failure("OutOfMemoryException", "No memory.", true), (await _client.Get("one"))!.Failure);
    }

    [Fact]
    public async Task An_activity_of_a_host_that_stops_is_not_told_as_failed()
    {
        using var stopping = new CancellationTokenSource();
        var catalog = new OrchestrationCatalog();
        catalog.Add(new ActivityName<int, int>("long"), () => new Endless(stopping));
        var call = Wire.Text(new ActivityCall("one", 1, Wire.Json(1)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DurableActivities(catalog).Run("long", call, stopping.Token));
    }

    private sealed class Endless(CancellationTokenSource stopping) : IActivity<int, int>
    {
        public async Task<int> Run(int input, ActivityContext context, CancellationToken cancellationToken)
        {
            await stopping.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return input;
        }
    }
}
