using System.Globalization;
using Perennial.Core.Evaluation;
using Perennial.Core.Orchestration;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Tests.Serving;
using Perennial.Learning.Randomness;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Tests.Rollout;

public sealed class RolloutTests
{
    private const string Model = LiveModel.Name;
    private static readonly ActivityContext Once = new("test", 1);
    private static readonly Func<double, double> Good = speed => speed > 50 ? 0.9 : 0.1;
    private static readonly Func<double, double> Poor = speed => speed > 50 ? 0.6 : 0.4;

    private LiveModel _live = null!;
    private RolloutServices _services = null!;
    private int _rows;

    [Fact]
    public async Task A_better_challenger_is_promoted_with_the_figures_as_the_reason()
    {
        await Begin(champion: Poor, challenger: Good);

        await Traffic(200);

        Assert.True((await Judge()).Decided);
        Assert.Equal(2, (await _live.Registry.FindAlias(Model, "champion"))!.Version);
        Assert.Equal(1, (await _live.Registry.FindAlias(Model, "previous"))!.Version);
        var record = await Record();
        Assert.Equal(RolloutStatus.Promoted, record.Status);
        Assert.True(record.MeanDifference > 0.1 && record.EvidenceFor > 20 && record.EvidenceAgainst < 1);
        Assert.Contains("200 shadowed rows", (await _live.Registry.FindVersion(Model, 2))!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worse_challenger_is_rejected_and_the_champion_stays()
    {
        await Begin(champion: Good, challenger: Poor);

        await Traffic(200);

        Assert.True((await Judge()).Decided);
        Assert.Equal(1, (await _live.Registry.FindAlias(Model, "champion"))!.Version);
        Assert.Null(await _live.Registry.FindAlias(Model, "challenger"));
        Assert.Equal(VersionState.Rejected, (await _live.Registry.FindVersion(Model, 2))!.State);
        Assert.Equal(RolloutStatus.Rejected, (await Record()).Status);
    }

    [Fact]
    public async Task Nothing_is_decided_before_the_least_number_of_pairs()
    {
        await Begin(champion: Poor, challenger: Good, "\"minRows\": 150");

        await Traffic(149);
        Assert.False((await Judge()).Decided);
        await Traffic(1);

        Assert.True((await Judge()).Decided);
    }

    [Fact]
    public async Task Without_evidence_the_champion_stays_after_the_greatest_number_of_pairs()
    {
        await Begin(champion: Good, challenger: speed => Good(speed), "\"minRows\": 20, \"maxRows\": 100");

        await Traffic(99);
        Assert.False((await Judge()).Decided);
        await Traffic(5);

        Assert.True((await Judge()).Decided);
        Assert.Equal((RolloutStatus.Rejected, 100), ((await Record()).Status, (await Record()).Pairs));
        Assert.StartsWith("No evidence that it is better", (await Record()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_traffic_the_champion_stays_after_the_longest_time()
    {
        await Begin(champion: Poor, challenger: Good, "\"maxDuration\": \"10d\"");

        _live.Clock.Advance(TimeSpan.FromDays(9.9));
        Assert.False((await Judge()).Decided);
        _live.Clock.Advance(TimeSpan.FromDays(0.2));

        Assert.True((await Judge()).Decided);
        Assert.Equal(RolloutStatus.Rejected, (await Record()).Status);
    }

    [Fact]
    public async Task Rows_younger_than_the_maturation_are_not_judged()
    {
        await Begin(champion: Poor, challenger: Good, "\"maturation\": \"30d\"");
        await Traffic(200);

        _live.Clock.Advance(TimeSpan.FromDays(29.9));
        Assert.False((await Judge()).Decided);
        Assert.Equal(0, (await Record()).Pairs);
        _live.Clock.Advance(TimeSpan.FromDays(0.1));

        Assert.True((await Judge()).Decided);
    }

    [Fact]
    public async Task While_too_few_matured_rows_have_a_label_nothing_is_decided()
    {
        await Begin(champion: Poor, challenger: Good, "\"minLabelled\": 0.5, \"maxRows\": 200");
        await Traffic(201, labelled: false);
        await Traffic(200);

        Assert.False((await Judge()).Decided);
        Assert.Equal(201, (await Record()).Unlabelled);
        await Traffic(2);

        Assert.True((await Judge()).Decided);
    }

    [Fact]
    public async Task A_row_is_counted_once_however_often_it_is_looked_at_and_corrected()
    {
        await Begin(champion: Poor, challenger: Good, "\"minRows\": 1000");
        await Traffic(100);
        await Judge();
        var before = await Record();

        await _live.Label([.. Enumerable.Range(0, 100).Select(i => ($"row-{i:D5}", i % 2 == 0))]);
        await Judge();

        Assert.Equal((100, before.MeanDifference), ((await Record()).Pairs, (await Record()).MeanDifference));
    }

    [Fact]
    public async Task Evidence_that_comes_in_parts_is_the_same_as_all_at_once()
    {
        await Begin(champion: Poor, challenger: Good, "\"minRows\": 1000");
        for (var part = 0; part < 5; part++)
        {
            await Traffic(20);
            await Judge();
        }
        var inParts = await Record();

        var other = new RolloutTests();
        await other.Begin(champion: Poor, challenger: Good, "\"minRows\": 1000");
        await other.Traffic(100);
        await other.Judge();

        Assert.Equal((await other.Record()).EvidenceFor, inParts.EvidenceFor);
    }

    [Fact]
    public async Task A_newer_challenger_supersedes_an_undecided_one()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Add(Good);

        await new BeginRollout(_services).Run(new VersionKey(Model, 3), Once, default);

        Assert.Equal(RolloutStatus.Superseded, (await Record()).Status);
        Assert.Equal(VersionState.Rejected, (await _live.Registry.FindVersion(Model, 2))!.State);
        Assert.Equal(3, (await _live.Registry.FindAlias(Model, "challenger"))!.Version);
        await Traffic(200);
        Assert.True((await Judge()).Decided);
        Assert.Equal(1, (await _live.Registry.FindAlias(Model, "champion"))!.Version);
    }

    [Fact]
    public async Task A_person_who_promotes_the_challenger_has_decided()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Registry.Promote(Model, 2, "ann", "By hand.");

        Assert.True((await Judge()).Decided);

        Assert.Equal(RolloutStatus.Promoted, (await Record()).Status);
        Assert.Equal("By hand.", (await _live.Registry.FindVersion(Model, 2))!.Reason);
    }

    [Fact]
    public async Task A_person_who_changes_the_champion_ends_the_comparison()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Add(Good);
        await _live.Registry.Promote(Model, 3, "ann", "By hand.");

        Assert.True((await Judge()).Decided);

        Assert.Equal(RolloutStatus.Superseded, (await Record()).Status);
        Assert.Null(await _live.Registry.FindAlias(Model, "challenger"));
        Assert.Equal(3, (await _live.Registry.FindAlias(Model, "champion"))!.Version);
    }

    [Fact]
    public async Task Beginning_again_changes_nothing()
    {
        await Begin(champion: Poor, challenger: Good);
        await Traffic(60);
        await Judge();
        var before = await Record();
        var audited = (await _live.Registry.Audit(Model)).Count;

        await new BeginRollout(_services).Run(new VersionKey(Model, 2), Once, default);

        Assert.Equal(before, await Record());
        Assert.Equal(audited, (await _live.Registry.Audit(Model)).Count);
    }

    [Fact]
    public async Task Challengers_that_are_no_better_are_seldom_promoted_however_often_one_looks()
    {
        var promoted = 0;
        for (var trial = 0; trial < 20; trial++)
        {
            var test = new RolloutTests();
            var noise = new Xoshiro256((ulong)(100 + trial));
            double Guess(double _) => (noise.NextUInt64() >> 11) * (1.0 / (1UL << 53));
            await test.Begin(Guess, Guess, "\"minRows\": 10, \"maxRows\": 200");
            for (var look = 0; look < 10 && !(await test.Judge()).Decided; look++) await test.Traffic(20);
            if ((await test.Record()).Status == RolloutStatus.Promoted) promoted++;
        }
        Assert.InRange(promoted, 0, 3);
    }

    [Fact]
    public async Task The_evidence_of_the_evaluation_is_carried_on_and_told_apart()
    {
        await Begin(champion: Poor, challenger: speed => Poor(speed), compared: Compared(with: 1, difference: 0.1));
        var begun = await Record();
        await Traffic(49);
        Assert.False((await Judge()).Decided);
        await Traffic(1);

        Assert.True((await Judge()).Decided);
        var record = await Record();
        Assert.Equal((200, RolloutStatus.Promoted, 50), (begun.EvaluationRows, record.Status, record.Pairs));
        Assert.Contains("50 shadowed rows and 200 test rows", record.Reason, StringComparison.Ordinal);
        Assert.Equal(200 * 0.1 / 250, record.MeanDifference, 9);
    }

    [Fact]
    public async Task Evidence_against_the_challenger_is_carried_on_too()
    {
        await Begin(champion: Poor, challenger: speed => Poor(speed), compared: Compared(with: 1, difference: -0.1));
        await Traffic(50);

        Assert.True((await Judge()).Decided);
        Assert.Equal(RolloutStatus.Rejected, (await Record()).Status);
    }

    [Fact]
    public async Task Evidence_against_another_champion_is_not_carried_on()
    {
        await Begin(champion: Poor, challenger: speed => Poor(speed), compared: Compared(with: 7, difference: 0.1));

        Assert.Equal(0, (await Record()).EvaluationRows);
    }

    [Fact]
    public async Task An_older_version_gives_way_to_a_newer_undecided_one()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Add(Good);
        await _live.Add(Good);
        await new BeginRollout(_services).Run(new VersionKey(Model, 4), Once, default);

        await new BeginRollout(_services).Run(new VersionKey(Model, 3), Once, default);

        Assert.Equal(4, (await _live.Registry.FindAlias(Model, "challenger"))!.Version);
        Assert.Equal(RolloutStatus.Shadow, (await _services.Journal.Find(Model, 4, default))!.State.Record.Status);
        Assert.Equal(RolloutStatus.Superseded, (await _services.Journal.Find(Model, 3, default))!.State.Record.Status);
        Assert.Equal(VersionState.Rejected, (await _live.Registry.FindVersion(Model, 3))!.State);
    }

    [Fact]
    public async Task A_version_that_became_champion_before_its_rollout_began_is_promoted_and_challenges_nobody()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Add(Good);
        await _live.Registry.Promote(Model, 3, "ann", "By hand.");

        await new BeginRollout(_services).Run(new VersionKey(Model, 3), Once, default);

        var record = (await _services.Journal.Find(Model, 3, default))!.State.Record;
        Assert.Equal((RolloutStatus.Promoted, _live.Clock.GetUtcNow()), (record.Status, record.EndedAt));
        Assert.Equal(3, (await _live.Registry.FindAlias(Model, "champion"))!.Version);
    }

    [Fact]
    public async Task A_rollout_whose_decision_is_being_carried_out_is_not_superseded()
    {
        await Begin(champion: Poor, challenger: Good);
        await _live.Add(Good);
        var stored = (await _services.Journal.Find(Model, 2, default))!;
        Assert.True(await _services.Journal.Replace(stored, stored.State with { Decision = new RolloutDecision(RolloutStatus.Promoted, "Better.") }, default));
        await Assert.ThrowsAsync<IOException>(() => new BeginRollout(_services).Run(new VersionKey(Model, 3), Once, default));

        await Judge();
        await new BeginRollout(_services).Run(new VersionKey(Model, 3), Once, default);

        Assert.Equal(RolloutStatus.Promoted, (await Record()).Status);
        Assert.Equal(2, (await _services.Journal.Find(Model, 3, default))!.State.Record.Champion);
    }

    [Fact]
    public async Task A_row_that_the_challenger_cannot_score_counts_against_it()
    {
        var calls = 0;
        await Begin(champion: Poor, challenger: speed => calls++ < 100 ? Good(speed) : throw new InvalidOperationException("No such thing."), "\"minRows\": 1000");
        await Traffic(100);
        await Judge();
        var before = await Record();

        await Traffic(100);
        await Judge();

        Assert.Equal((100, 200), (before.Pairs, (await Record()).Pairs));
        Assert.True(before.MeanDifference > 0.1 && (await Record()).MeanDifference < -0.2, (await Record()).Reason);
    }

    private static ChampionComparison Compared(int with, double difference) => new(
        with, new Dictionary<string, double>(), 0, new MetricInterval(0, 0), 1,
        BettingTest.Start.Update(Enumerable.Repeat(difference, 200).ToArray()));

    private async Task Begin(Func<double, double> champion, Func<double, double> challenger, string rollout = "\"minRows\": 50", ChampionComparison? compared = null)
    {
        _live = await LiveModel.Create($"\"rollout\": {{ {rollout} }}");
        await _live.Add(champion);
        await _live.Add(challenger, compared: compared);
        _services = new RolloutServices(
            new RolloutJournal(_live.Tables, _live.Content), _live.Registry, _live.Specs, new PackageStore(_live.Content), _live.Traffic, _live.Content, _live.Clock);
        await new BeginRollout(_services).Run(new VersionKey(Model, 2), Once, default);
    }

    /// <summary>Rows whose label is mostly whether speed is above 50.</summary>
    private async Task Traffic(int rows, bool labelled = true)
    {
        var batch = Enumerable.Range(_rows, rows).Select(i => (Id: string.Create(CultureInfo.InvariantCulture, $"row-{i:D5}"), Random: new Xoshiro256((ulong)i)))
            .Select(r => (r.Id, Speed: (double)(r.Random.NextUInt64() % 101), Odd: r.Random.NextUInt64() % 20 == 0)).ToArray();
        _rows += rows;
        await _live.Predict([.. batch.Select(r => (r.Id, r.Speed))]);
        if (labelled) await _live.Label([.. batch.Select(r => (r.Id, r.Speed > 50 != r.Odd))]);
        // Parts that come one after the other are at different instants.
        _live.Clock.Advance(TimeSpan.FromTicks(1));
    }

    private Task<Judgement> Judge() => new JudgeRollout(_services).Run(new VersionKey(Model, 2), Once, default);

    private async Task<RolloutRecord> Record() => (await _services.Journal.Find(Model, 2, default))!.State.Record;
}
