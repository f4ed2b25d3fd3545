using Perennial.Functions.Tests.Support.Stages;

namespace Perennial.Functions.Tests.Orchestration.Stories;

/// <summary>The lifecycle's own orchestrations decide the same on Durable Functions as on the embedded engine, at the same times.</summary>
public sealed class StoryTests
{
    public static TheoryData<string> Rollouts => [.. RolloutStories.All.Keys];

    public static TheoryData<string> Pipelines => [.. PipelineStories.All.Keys];

    [Theory]
    [MemberData(nameof(Rollouts))]
    public Task A_rollout_is_decided_alike(string name) => Both(RolloutStories.All[name]);

    [Theory]
    [MemberData(nameof(Pipelines))]
    public Task A_run_is_decided_alike(string name) => Both(PipelineStories.All[name]);

    private static async Task Both(Story story)
    {
        var embedded = await story.Tell(clock => new EmbeddedStage(clock));
        var durable = await story.Tell(clock => new DurableStage(clock));
        Assert.Equal(embedded.Split('\n'), durable.Split('\n'));
        foreach (var part in story.Says) Assert.Contains(part, durable, StringComparison.Ordinal);
    }
}
