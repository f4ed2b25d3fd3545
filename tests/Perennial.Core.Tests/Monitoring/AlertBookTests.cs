using Perennial.Contracts.Fakes;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Monitoring;

public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Now = new(1996, 2, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(AlertKind.Drift)]
    [InlineData(AlertKind.Performance)]
    public void A_pass_that_could_not_judge_closes_nothing_unless_another_version_answers(AlertKind kind)
    {
        var open = new Alert("m-alert-1", "m", kind, 1, "It was bad.", Now, "m-1");

        Assert.Empty(AlertBook.Changes(new MonitorSpec(), [open], 1, Pass(judged: false, version: 1)));
        Assert.Equal("Version 2 answers now.", Assert.Single(AlertBook.Changes(new MonitorSpec(), [open], 1, Pass(judged: false, version: 2))).Change.Alert.ClosedBecause);
    }

    [Fact]
    public async Task Where_a_thousand_features_drift_the_worst_are_named_and_the_pass_can_be_kept()
    {
        var profile = new ColumnProfile("x", ColumnType.Numeric, [0], null, [1, 1], 0);
        var pass = Pass(judged: true, version: 1) with
        {
            Drift = [.. Enumerable.Range(0, 1000).Select(i => new DriftResult($"a column with a name of its own, number {i}", i, 0.9, 1e-30, true, profile, profile))],
        };

        var changes = AlertBook.Changes(new MonitorSpec(), [], 0, pass);

        var alert = Assert.Single(changes).Change.Alert;
        Assert.Contains("number 999 (PSI 999.00", alert.Message, StringComparison.Ordinal);
        Assert.EndsWith("and 990 more.", alert.Message, StringComparison.Ordinal);
        var trigger = new RunTrigger(RunTriggerKind.Drift, alert.Message, "monitor", Now, null, "k");
        var journal = new MonitorJournal(new InMemoryTableStore(), new InMemoryContentStore());
        Assert.True(await journal.Commit("m", new StoredHead(MonitorHead.Empty, null), new MonitorHead(1, Now, "k", 1, [changes[0].Change], trigger), ContentHash.Of("r"u8), [(1, alert)], default));
    }

    private static MonitorReport Pass(bool judged, int version) => new("m-2", "m", 2, version, Now, Now.AddDays(-30), Now, 300, 40, judged, [], null, [], "");
}
