using System.Collections.Concurrent;
using System.Diagnostics;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>Who called whom, as spans, over generations, children and restarts.</summary>
public sealed class TraceTests : EmbeddedTests, IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly string _name = $"Traced{Guid.NewGuid():N}";
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        // All tests of the process share the source: an activity's name tells this test's spans.
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == OrchestrationTrace.SourceName,
            Sample = (ref ActivityCreationOptions<System.Diagnostics.ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TagObjects.Any(tag => tag.Key == "perennial.instance" && tag.Value is string id && id.StartsWith(_name, StringComparison.Ordinal)))
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task What_an_instance_calls_has_the_span_of_the_calling_generation_as_its_parent_also_after_a_kill()
    {
        var catalog = Family();
        await Begin(catalog);
        await Client.Start(Main, _name, 0);
        await Host.WhenIdle();
        await Kill(catalog);
        await Client.RaiseEvent($"{_name}-0", "Go", 1);
        await Host.WhenIdle();
        await Kill(catalog);
        await Client.RaiseEvent($"{_name}-1", "Go", 1);
        await Host.WhenIdle();

        Assert.Single(_spans.Select(span => span.TraceId).Distinct());
        var generations = new[] { Generation(_name, 0), Generation(_name, 1) };
        Assert.Equal(2, generations.Select(span => span.SpanId).Distinct().Count());
        foreach (var (generation, number) in generations.Select((span, number) => (span, number)))
        {
            Assert.Equal(default, generation.ParentSpanId);
            Assert.Equal(generation.SpanId, Attempt(_name, $"{10 + number}").ParentSpanId);
            var child = Generation($"{_name}-{number}", 0);
            Assert.Equal(generation.SpanId, child.ParentSpanId);
            Assert.Equal(child.SpanId, Attempt($"{_name}-{number}", "20").ParentSpanId);
            Assert.Contains(child.SpanId.ToHexString(), child.Id, StringComparison.Ordinal);
        }

        Assert.Equal(["completed", "continued-as-new"], generations.Select(Outcome).Order());
    }

    [Fact]
    public async Task Other_roots_and_later_instances_under_the_same_id_have_traces_of_their_own()
    {
        await Begin(Catalog(static (_, input) => Task.FromResult(input)));
        await Client.Start(Main, _name, 0);
        await Client.Start(Main, $"{_name}-other", 0);
        await Host.WhenIdle();
        await Client.Purge(_name);
        await Client.Start(Main, _name, 0);
        await Host.WhenIdle();

        Assert.Equal(3, _spans.Select(span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task Spans_tell_times_of_the_engines_clock_failures_and_attempts()
    {
        await Begin(Catalog(static async (context, input) =>
        {
            await context.Delay(context.Now.AddDays(400));
            return await context.Call(new ActivityName<int, int>("Flaky"), input, new RetryPolicy(2, TimeSpan.FromHours(1)));
        }).Add(new ActivityName<int, int>("Flaky"), (_, context, _) => throw new ActivityFailureException(new Failure("away", $"Attempt {context.Attempt}.", Retryable: true))));
        await Client.Start(Main, _name, 0);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromDays(400));
        await Host.Advance(TimeSpan.FromHours(1));

        var attempts = _spans.Where(span => span.OperationName == "activity Flaky").ToList();
        Assert.Equal([1, 2], attempts.Select(span => span.GetTagItem("perennial.attempt")));
        Assert.All(attempts, span => Assert.Equal((ActivityStatusCode.Error, "away"), (span.Status, span.StatusDescription)));
        Assert.Equal(EmbeddedHost.Start.AddDays(400).UtcDateTime, attempts[0].StartTimeUtc);
        var generation = Generation(_name, 0);
        Assert.Equal((ActivityStatusCode.Error, "failed"), (generation.Status, Outcome(generation)));
        Assert.Equal((EmbeddedHost.Start.UtcDateTime, TimeSpan.FromDays(400) + TimeSpan.FromHours(1)), (generation.StartTimeUtc, generation.Duration));
    }

    [Fact]
    public async Task What_an_activity_traces_lies_under_its_attempt()
    {
        ActivitySpanId? seen = null;
        await Begin(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Look"), input))
            .Add(new ActivityName<int, int>("Look"), (int input) =>
            {
                seen = Activity.Current?.SpanId;
                return input;
            }));
        await Client.Start(Main, _name, 0);
        await Host.WhenIdle();

        Assert.Equal(_spans.Single(span => span.OperationName == "activity Look").SpanId, seen);
    }

    [Fact]
    public async Task Where_nobody_listens_no_span_is_made()
    {
        _listener.Dispose();
        var seen = new List<Activity?>();
        await Begin(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Look"), input))
            .Add(new ActivityName<int, int>("Look"), (int input) =>
            {
                seen.Add(Activity.Current);
                return input;
            }));

        await Client.Start(Main, _name, 0);
        await Host.WhenIdle();

        Assert.False(OrchestrationTrace.IsHeard);
        Assert.Equal([null], seen);
        Assert.Empty(_spans);
    }

    private static string? Outcome(Activity span) => span.GetTagItem("perennial.outcome") as string;

    private static OrchestrationCatalog Family() => Catalog(static async (context, generation) =>
    {
        await context.Call(new ActivityName<int, int>("Note"), 10 + generation);
        await context.CallOrchestration(Child, $"{context.InstanceId}-{generation}", 20);
        if (generation == 0)
        {
            context.ContinueAsNew(1);
        }

        return generation;
    })
        .Add(Child, static async (context, input) =>
        {
            await context.WaitForEvent<int>("Go");
            return await context.Call(new ActivityName<int, int>("Note"), input);
        })
        .Add(new ActivityName<int, int>("Note"), static (int input) =>
        {
            Activity.Current?.SetTag("test.input", $"{input}");
            return input;
        });

    private Activity Generation(string instanceId, int generation) => Assert.Single(_spans, span =>
        span.GetTagItem("perennial.instance") is string id && id == instanceId && span.GetTagItem("perennial.generation") is int number && number == generation);

    private Activity Attempt(string instanceId, string input) => Assert.Single(_spans, span =>
        span.GetTagItem("perennial.instance") is string id && id == instanceId && span.GetTagItem("test.input") is string given && given == input);
}
