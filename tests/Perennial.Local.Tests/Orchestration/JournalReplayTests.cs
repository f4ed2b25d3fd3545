using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>What records of a log make of an index: what is cut short counts for nothing, and nothing is guessed.</summary>
public sealed class JournalReplayTests
{
    private readonly InstanceIndex _index = new();
    private JournalReplay _replay;
    private long _offset = 32;

    public JournalReplayTests() => _replay = new JournalReplay(_index);

    [Fact]
    public void An_instance_that_was_not_written_whole_is_as_it_was_before()
    {
        var before = Some("one", events: 1);
        var after = Some("one", events: 80);
        var whole = WholeRecords.Of(after, isUnloaded: true, wake: 0);
        Assert.True(whole.Count > 2);

        Apply(EngineRecords.Created(before, [1]));
        whole.SkipLast(1).ToList().ForEach(Apply);
        Apply(EngineRecords.Created(Some("two", events: 1), [1]));
        _replay.End();

        Assert.IsType<Instance>(_index.Find("one"));

        whole.ForEach(Apply);
        _replay.End();
        Assert.IsType<UnloadedInstance>(_index.Find("one"));
    }

    [Fact]
    public void A_part_that_follows_nothing_is_no_record_of_this_build()
    {
        var whole = WholeRecords.Of(Some("one", events: 80), isUnloaded: false, wake: 0);

        Assert.Throws<InvalidDataException>(() => Apply(whole[1]));
    }

    [Fact]
    public void At_the_head_of_the_log_a_checkpoint_stands_for_all_before_and_what_comes_before_a_copy_is_in_the_copy()
    {
        _replay = new JournalReplay(_index, isCompacted: true);
        var one = Some("one", events: 3);

        Apply(EngineRecords.CheckpointBegan(7));
        Apply(EngineRecords.Turn(one, 0, one.History));
        Apply(EngineRecords.Purged("gone"));
        WholeRecords.Of(one, isUnloaded: false, wake: 0).ForEach(Apply);
        Apply(EngineRecords.Turn(one, 0, [new HistoryEvent(EventKind.EventReceived) { Name = "Go" }]));
        Apply(EngineRecords.CheckpointEnded());
        _replay.End();

        Assert.Equal(4, Assert.IsType<Instance>(_index.Find("one")).History.Count);
        Assert.Equal(8, _index.NextSerial());
    }

    [Fact]
    public void A_compacted_log_that_does_not_begin_with_a_whole_checkpoint_is_refused()
    {
        _replay = new JournalReplay(_index, isCompacted: true);
        Assert.Throws<InvalidDataException>(_replay.End);
        Assert.Throws<InvalidDataException>(() => Apply(EngineRecords.Created(Some("one", events: 1), [1])));

        Apply(EngineRecords.CheckpointBegan(7));
        WholeRecords.Of(Some("one", events: 3), isUnloaded: false, wake: 0).ForEach(Apply);

        Assert.Throws<InvalidDataException>(_replay.End);
    }

    [Fact]
    public void A_checkpoint_that_a_crash_cut_short_may_be_the_first_thing_in_a_log()
    {
        Apply(EngineRecords.CheckpointBegan(0));
        _replay.End();

        Assert.Empty(_index.All);
    }

    [Fact]
    public void A_checkpoint_that_a_crash_cut_short_changes_nothing()
    {
        var (one, two) = (Some("one", events: 3), Some("two", events: 2));
        Apply(EngineRecords.Created(one, [1]));
        Apply(EngineRecords.Created(two, [1]));
        Apply(EngineRecords.Turn(two, 1, two.History));

        Apply(EngineRecords.CheckpointBegan(7));
        WholeRecords.Of(one, isUnloaded: false, wake: 0).ForEach(Apply);
        Apply(EngineRecords.Turn(two, 0, [new HistoryEvent(EventKind.EventReceived) { Name = "Go" }]));
        _replay.End();

        Assert.Equal(3, Assert.IsType<Instance>(_index.Find("one")).History.Count);
        Assert.Equal(3, Assert.IsType<Instance>(_index.Find("two")).History.Count);
    }

    [Fact]
    public void A_record_of_an_instance_that_is_not_there_or_of_an_unknown_kind_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Apply(EngineRecords.Turn(Some("one", events: 1), 0, [])));
        Assert.Throws<InvalidDataException>(() => Apply([200]));
    }

    [Fact]
    public void An_answer_whose_effect_on_the_parent_is_lost_wakes_the_parent_and_a_copy_of_it_does_not()
    {
        var parent = Some("parent", events: 2);
        var link = new ParentLink("parent", parent.Serial, parent.Generation, 0);
        var child = new EndedRecord(new InstanceHead("child", 9, "Child", 1, link), 1, OrchestrationStatus.Completed, 1, null, [1], null, []);

        WholeRecords.Of(parent, isUnloaded: true, wake: 0).ForEach(Apply);
        Apply(EngineRecords.AsCopy(EngineRecords.Ended(child)));
        Assert.Empty(_replay.Woken);

        Apply(EngineRecords.Ended(child));
        Assert.Equal("parent", Assert.Single(_replay.Woken).Key.Id);

        // It was unloaded once more, after it had the answer.
        WholeRecords.Of(parent, isUnloaded: true, wake: 0).ForEach(Apply);
        Assert.Empty(_replay.Woken);
    }

    private static Instance Some(string id, int events)
    {
        var instance = new Instance(new InstanceHead(id, 1, "Main", 5, null)) { Version = 1 };
        instance.Record([.. Enumerable.Range(0, events).Select(i => new HistoryEvent(EventKind.EventReceived) { Name = "Go", Time = i, Data = new byte[10_000] })]);
        return instance;
    }

    private void Apply(byte[] record)
    {
        _replay.Apply(new LogPosition(1, _offset), record);
        _offset += record.Length;
    }
}
