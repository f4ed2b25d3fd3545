using System.Text;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Storage;

/// <summary>What every prediction log does.</summary>
public abstract class PredictionLogContract
{
    private static readonly DateTimeOffset Time = new(2001, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(2));

    protected abstract IPredictionLog Log { get; }

    [Fact]
    public async Task A_stream_that_was_never_written_is_empty()
    {
        var page = await Log.Read("predictions/none", null, 10);
        Assert.Empty(page.Records);
        Assert.Null(page.Cursor);
    }

    [Fact]
    public async Task Records_come_back_with_time_and_payload()
    {
        await Log.Append("predictions/m", [new LogRecord(Time, "one"u8.ToArray()), new LogRecord(Time.AddTicks(7), Array.Empty<byte>())]);
        var page = await Log.Read("predictions/m", null, 10);
        Assert.Equal(["one", ""], page.Records.Select(Text));
        Assert.Equal([Time, Time.AddTicks(7)], page.Records.Select(record => record.Time));
        Assert.Equal(Time.Offset, page.Records[0].Time.Offset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Following_cursors_meets_every_record_once(int take)
    {
        for (var i = 0; i < 20; i++) await Log.Append("s", [Record($"{i} a"), Record($"{i} b")]);
        var (found, cursor) = await Follow(null, take);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => new[] { $"{i} a", $"{i} b" }), found);
        await Log.Append("s", [Record("later")]);
        var (rest, _) = await Follow(cursor, take);
        Assert.Equal(["later"], rest);
    }

    [Fact]
    public async Task At_the_end_the_cursor_stays()
    {
        await Log.Append("s", [Record("one")]);
        var page = await Log.Read("s", null, 1);
        var end = await Log.Read("s", page.Cursor, 1);
        Assert.Empty(end.Records);
        Assert.Equal(page.Cursor, end.Cursor);
    }

    [Fact]
    public async Task Streams_do_not_mix()
    {
        await Log.Append("predictions/a", [Record("pa")]);
        await Log.Append("labels/a", [Record("la")]);
        Assert.Equal("la", Text((await Log.Read("labels/a", null, 10)).Records.Single()));
        Assert.Equal("pa", Text((await Log.Read("predictions/a", null, 10)).Records.Single()));
    }

    [Fact]
    public async Task Appends_of_many_writers_are_all_there_whole_and_each_writers_in_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await Log.Append("s", [Record($"{writer} {i} a"), Record($"{writer} {i} b")]);
        })));
        var (found, _) = await Follow(null, 7);
        Assert.Equal(400, found.Count);
        for (var i = 0; i < found.Count; i += 2) Assert.Equal(found[i][..^1] + "b", found[i + 1]);
        for (var writer = 0; writer < 8; writer++)
        {
            var own = found.Where(text => text.StartsWith($"{writer} ", StringComparison.Ordinal)).Where((_, i) => i % 2 == 0);
            Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{writer} {i} a"), own);
        }
    }

    [Fact]
    public async Task A_reader_alongside_a_writer_meets_every_record_once()
    {
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await Log.Append("s", [Record($"{i}")]);
        });
        var found = new List<string>();
        string? cursor = null;
        while (found.Count < 100)
        {
            var (records, next) = await Follow(cursor, 3);
            found.AddRange(records);
            cursor = next;
            if (writing.IsFaulted) await writing;
            await Task.Yield();
        }
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), found);
    }

    [Fact]
    public async Task A_record_of_more_than_1_MiB_is_refused_with_its_batch()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Log.Append("s", [Record("small"), new LogRecord(Time, new byte[(1024 * 1024) + 1])]));
        Assert.Empty((await Log.Read("s", null, 10)).Records);
        await Log.Append("s", [new LogRecord(Time, new byte[1024 * 1024])]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/../b")]
    [InlineData("a b")]
    public async Task A_bad_stream_name_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Log.Append(name, [Record("x")]));
        await Assert.ThrowsAsync<ArgumentException>(() => Log.Read(name, null, 1));
    }

    private static LogRecord Record(string text) => new(Time, Encoding.UTF8.GetBytes(text));

    private static string Text(LogRecord record) => Encoding.UTF8.GetString(record.Payload.Span);

    private async Task<(List<string> Found, string? Cursor)> Follow(string? cursor, int take)
    {
        var found = new List<string>();
        while (true)
        {
            var page = await Log.Read("s", cursor, take);
            Assert.True(page.Records.Count <= take);
            if (page.Records.Count == 0) return (found, page.Cursor);
            found.AddRange(page.Records.Select(Text));
            // A cursor that does not go on would be followed for ever.
            Assert.NotEqual(cursor, page.Cursor);
            Assert.True(found.Count <= 1000);
            cursor = page.Cursor;
        }
    }
}
