using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration;

public sealed class FairQueueTests
{
    [Fact]
    public void One_that_comes_behind_a_thousand_of_another_is_next_but_one()
    {
        var queue = new FairQueue<string>(_ => true);
        for (var i = 0; i < 1000; i++)
        {
            queue.Add("a", "Train", $"a{i}");
        }

        Assert.Equal(["a0", "a1"], Take(queue, 2));
        queue.Add("b", "Train", "b0");

        Assert.Equal(["a2", "b0", "a3"], Take(queue, 3));
    }

    [Fact]
    public void Keys_take_turns_and_each_is_served_in_the_order_of_arrival()
    {
        var queue = new FairQueue<string>(_ => true);
        foreach (var item in new[] { "a0", "a1", "a2", "b0", "b1", "c0" })
        {
            queue.Add(item[..1], item[1] % 2 == 0 ? "Even" : "Odd", item);
        }

        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "a2"], Take(queue, 6));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_key_that_comes_one_item_at_a_time_does_not_overtake_those_that_wait()
    {
        var queue = new FairQueue<string>(_ => true);
        queue.Add("heavy", "Train", "h0");
        queue.Add("heavy", "Train", "h1");
        queue.Add("x", "Train", "x0");
        queue.Add("y", "Train", "y0");
        Assert.Equal(["h0", "x0"], Take(queue, 2));
        queue.Add("x", "Train", "x1");

        Assert.Equal(["y0", "h1", "x1"], Take(queue, 3));
    }

    [Fact]
    public void A_name_without_room_holds_up_nothing_else_and_goes_on_in_turn_once_there_is_some()
    {
        var room = 0;
        var queue = new FairQueue<string>(name => name != "Train" || room > 0);
        queue.Add("a", "Train", "a-train");
        queue.Add("a", "Score", "a-score");
        queue.Add("b", "Train", "b-train");
        queue.Add("c", "Score", "c-score");
        Assert.Equal(["a-score", "c-score"], Take(queue, 2));
        Assert.False(queue.TryTake(out _));
        Assert.Equal(2, queue.Count);

        foreach (var expected in new[] { "b-train", "a-train" })
        {
            room = 1;
            queue.MakeRoom("Train");
            Assert.Equal([expected], Take(queue, 1));
            room = 0;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_comes_and_ends_limits_hold_nothing_is_lost_and_no_room_is_left_unused(int seed)
    {
        for (var round = 0; round < 200; round++)
        {
            new Load(new Random((1000 * seed) + round)).Run(300);
        }
    }

    [Fact]
    public void A_take_costs_the_same_however_much_waits()
    {
        Assert.InRange(LooksPerTake(waiting: 10_000), 0, 2 * LooksPerTake(waiting: 100));

        // Every other key waits for a name that has room for one.
        static double LooksPerTake(int waiting)
        {
            var (looks, running, takes) = (0, 0, 0);
            var queue = new FairQueue<string>(name =>
            {
                looks++;
                return name != "Train" || running == 0;
            });
            for (var i = 0; i < waiting; i++)
            {
                queue.Add($"{i}", "Train", "Train");
                queue.Add($"{i % 2}", "Score", "Score");
            }

            while (queue.Count > 0)
            {
                while (queue.TryTake(out var name))
                {
                    running += name == "Train" ? 1 : 0;
                    takes++;
                }

                running = 0;
                queue.MakeRoom("Train");
            }

            return (double)looks / takes;
        }
    }

    private static List<string> Take(FairQueue<string> queue, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && queue.TryTake(out var item))
        {
            taken.Add(item);
        }

        return taken;
    }

    private sealed record Item(string Key, string Name, int Number);

    /// <summary>A random load beside a list of what waits, as the pool uses the queue.</summary>
    private sealed class Load
    {
        private readonly Random _random;
        private readonly int _most;
        private readonly Dictionary<string, int> _limits = new() { ["a"] = 1, ["b"] = 2 };
        private readonly List<Item> _waiting = [];
        private readonly List<Item> _running = [];
        private readonly FairQueue<Item> _queue;
        private int _number;

        public Load(Random random)
        {
            _random = random;
            _most = random.Next(1, 6);
            _queue = new FairQueue<Item>(HasRoom);
        }

        public void Run(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                if (_running.Count > 0 && _random.Next(2) == 0)
                {
                    End(_running[_random.Next(_running.Count)]);
                }
                else
                {
                    Come();
                }

                TakeAll();
            }

            while (_running.Count > 0)
            {
                End(_running[_random.Next(_running.Count)]);
                TakeAll();
            }

            Assert.Empty(_waiting);
        }

        private bool HasRoom(string name) => !_limits.TryGetValue(name, out var limit) || _running.Count(item => item.Name == name) < limit;

        private void Come()
        {
            var item = new Item($"{_random.Next(4)}", $"{(char)('a' + _random.Next(3))}", _number++);
            _waiting.Add(item);
            _queue.Add(item.Key, item.Name, item);
        }

        private void End(Item item)
        {
            _running.Remove(item);
            _queue.MakeRoom(item.Name);
        }

        private void TakeAll()
        {
            while (_running.Count < _most && _queue.TryTake(out var item))
            {
                Assert.True(HasRoom(item.Name));
                Assert.Equal(_waiting.First(other => other.Key == item.Key && other.Name == item.Name), item);
                _waiting.Remove(item);
                if (_random.Next(5) == 0)
                {
                    // Its instance has ended meanwhile: it does not run.
                    _queue.MakeRoom(item.Name);
                }
                else
                {
                    _running.Add(item);
                }
            }

            Assert.Equal(_waiting.Count, _queue.Count);
            Assert.True(_running.Count == _most || !_waiting.Exists(item => HasRoom(item.Name)));
        }
    }
}
