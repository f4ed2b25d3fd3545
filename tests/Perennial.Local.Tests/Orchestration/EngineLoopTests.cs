using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration;

public sealed class EngineLoopTests
{
    [Fact]
    public void What_was_posted_before_the_end_runs_after_the_notice_of_it_and_later_posts_are_refused()
    {
        var order = new List<string>();
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var loop = new EngineLoop("test", () => false, exception => order.Add(exception.Message), () => order.Add("ending"));
        loop.Start();
        loop.Post(() =>
        {
            begun.Set();
            gate.Wait();
            order.Add("before");
        });
        begun.Wait();
        Assert.True(loop.Post(() => order.Add("after")));
        loop.End();
        Assert.False(loop.Post(() => order.Add("never")));

        gate.Set();
        loop.Join();

        Assert.Equal(["before", "ending", "after"], order);
    }

    [Fact]
    public void An_exception_is_told_and_later_posts_still_run()
    {
        var told = new List<string>();
        using var ran = new ManualResetEventSlim();
        var loop = new EngineLoop("test", () => false, exception => told.Add(exception.Message), () => { });
        loop.Start();
        loop.Post(() => throw new InvalidOperationException("broken"));
        loop.Post(ran.Set);

        ran.Wait();
        loop.End();
        loop.Join();

        Assert.Equal(["broken"], told);
    }
}
