using System.Text.Json.Nodes;
using Perennial.Api.Tests.Support;
using Perennial.Local.Time;

namespace Perennial.Api.Tests;

/// <summary>A folder is started when its clock says something quite different from what it stored.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task Passes_missed_over_years_are_one_pass_and_a_clock_set_back_neither_repeats_nor_loses_one()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec.Replace("\"label\"", "\"monitor\": { \"every\": \"1d\" }, \"label\"", StringComparison.Ordinal));
        await host.Train(Some.Model, Some.Rows());
        var trained = host.Clock.GetUtcNow();

        await host.Restart(new MovableClock(trained.AddYears(3).AddHours(1)));
        var later = host.Clock.GetUtcNow();
        Assert.Equal([later], await PassesWhenIdle(host));

        await host.Restart(new MovableClock(trained.AddYears(-5)));
        // The folder's time stands where it was, and goes on at the clock's pace.
        Assert.Equal([later], await PassesWhenIdle(host));
        host.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal([later.AddHours(23), later], await PassesWhenIdle(host));
        host.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(2, (await PassesWhenIdle(host)).Count);
        host.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(3, (await PassesWhenIdle(host)).Count);
    }

    // Newest first.
    private static async Task<IReadOnlyList<DateTimeOffset>> PassesWhenIdle(RunningHost host)
    {
        while ((bool)JsonNode.Parse(await host.Http.GetStringAsync("/api/health"))!["busy"]!) await Task.Yield();
        return [.. JsonNode.Parse(await host.Http.GetStringAsync("/api/models/churn/monitor/reports"))!.AsArray().Select(pass => pass!["at"]!.GetValue<DateTimeOffset>())];
    }
}
