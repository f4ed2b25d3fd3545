using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Tests.Storage.Segments;

public sealed class GroupCommitTests
{
    [Fact]
    public void What_arrives_during_a_commit_is_the_next_group_in_the_order_of_its_arrival()
    {
        var groups = new List<int[]>();
        using var first = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using (var group = new GroupCommit<int>("test", items =>
        {
            groups.Add([.. items]);
            first.Set();
            goOn.Wait();
        }))
        {
            group.Submit(0);
            first.Wait();
            for (var i = 1; i <= 10; i++) group.Submit(i);
            goOn.Set();
        }
        Assert.Equal([0], groups[0]);
        Assert.Equal(Enumerable.Range(1, 10), groups.Skip(1).SelectMany(items => items));
    }

    [Fact]
    public async Task Nothing_is_lost_or_turned_around_where_the_thread_ends_again_and_again()
    {
        var committed = new List<int>();
        using var group = new GroupCommit<Pending>(
            "test",
            items =>
            {
                committed.AddRange(items.Select(item => item.Number));
                Acknowledgements.Send(items, inline: false);
            },
            idle: TimeSpan.Zero);
        for (var i = 0; i < 500; i++)
        {
            var pending = new Pending(i);
            group.Submit(pending);
            Assert.Equal(i, await pending.Task);
        }
        Assert.Equal(Enumerable.Range(0, 500), committed);
    }

    [Fact]
    public void A_closed_one_takes_nothing_more()
    {
        var group = new GroupCommit<int>("test", _ => { });
        group.Dispose();
        Assert.Throws<ObjectDisposedException>(() => group.Submit(1));
    }

    [Fact]
    public async Task A_writer_that_blocks_its_thread_keeps_no_other_of_its_group_waiting()
    {
        var writes = Enumerable.Range(0, 8).Select(i => new Pending(i)).ToArray();
        using var othersAreThere = new ManualResetEventSlim();
        var blocked = writes[0].Task.ContinueWith(_ => othersAreThere.Wait(), TaskContinuationOptions.ExecuteSynchronously);
        Acknowledgements.Send(writes, inline: false);
        await Task.WhenAll(writes.Skip(1).Select(write => write.Task)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(blocked.IsCompleted);
        othersAreThere.Set();
        await blocked;
    }

    [Fact]
    public async Task A_failure_reaches_every_writer_of_the_group()
    {
        var writes = Enumerable.Range(0, 3).Select(i => new Pending(i)).ToArray();
        Acknowledgements.Fail(writes, new IOException("full"), inline: false);
        foreach (var write in writes) Assert.Equal("full", (await Assert.ThrowsAsync<IOException>(() => write.Task)).Message);
    }

    private sealed class Pending(int number) : PendingWrite<int>
    {
        public int Number => number;

        protected override int Outcome => number;
    }
}
