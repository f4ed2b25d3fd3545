using Perennial.Core.Ports;

namespace Perennial.Contracts.Storage;

/// <summary>What every store of named blobs does.</summary>
public abstract class NamedBlobsContract
{
    protected abstract INamedBlobs Blobs { get; }

    [Fact]
    public async Task A_blob_comes_back_with_its_ETag()
    {
        var etag = await Blobs.Write("specs/bird-strike", "one"u8.ToArray(), null);
        var blob = await Blobs.Read("specs/bird-strike");
        Assert.NotNull(blob);
        Assert.Equal("one"u8.ToArray(), blob.Content.ToArray());
        Assert.Equal(etag, blob.ETag);
    }

    [Fact]
    public async Task A_missing_blob_is_null_or_false()
    {
        Assert.Null(await Blobs.Read("nowhere"));
        Assert.False(await Blobs.Delete("nowhere"));
        Assert.Null(await Blobs.Write("nowhere", "x"u8.ToArray(), "0123"));
        Assert.Null(await Blobs.Read("nowhere"));
    }

    [Fact]
    public async Task Without_an_ETag_only_a_new_blob_is_written()
    {
        Assert.NotNull(await Blobs.Write("a", "one"u8.ToArray(), null));
        Assert.Null(await Blobs.Write("a", "two"u8.ToArray(), null));
        Assert.Equal("one"u8.ToArray(), (await Blobs.Read("a"))!.Content.ToArray());
    }

    [Fact]
    public async Task A_lost_race_is_null_and_changes_nothing()
    {
        var first = await Blobs.Write("a", "one"u8.ToArray(), null);
        var second = await Blobs.Write("a", "two"u8.ToArray(), first);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Null(await Blobs.Write("a", "three"u8.ToArray(), first));
        var blob = await Blobs.Read("a");
        Assert.Equal("two"u8.ToArray(), blob!.Content.ToArray());
        Assert.Equal(second, blob.ETag);
    }

    [Fact]
    public async Task A_star_writes_always_and_the_ETag_changes_even_for_the_same_content()
    {
        var first = await Blobs.Write("a", "one"u8.ToArray(), "*");
        var second = await Blobs.Write("a", "one"u8.ToArray(), "*");
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task An_ETag_does_not_come_back_after_a_delete()
    {
        var first = await Blobs.Write("a", "one"u8.ToArray(), null);
        Assert.True(await Blobs.Delete("a"));
        Assert.Null(await Blobs.Read("a"));
        Assert.NotEqual(first, await Blobs.Write("a", "one"u8.ToArray(), null));
    }

    [Fact]
    public async Task Of_many_writers_with_one_ETag_one_wins()
    {
        var etag = await Blobs.Write("a", "0"u8.ToArray(), null);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Blobs.Write("a", new[] { (byte)i }, etag))));
        Assert.Single(results, result => result is not null);
    }

    [Fact]
    public async Task Names_are_listed_by_prefix_in_ordinal_order()
    {
        string[] names = ["b", "a/b", "a", "a/B", "a-b", "A", "a.b", ".a", "a/b/c", "ab/" + new string('x', 509)];
        foreach (var name in names) await Blobs.Write(name, "x"u8.ToArray(), null);
        Assert.Equal(names.Order(StringComparer.Ordinal), await Names(""));
        Assert.Equal(["a/B", "a/b", "a/b/c"], await Names("a/"));
        foreach (var name in names) Assert.NotNull(await Blobs.Read(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("ä")]
    public async Task A_bad_name_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.Write(name, "x"u8.ToArray(), null));
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.Read(name));
    }

    [Fact]
    public async Task A_blob_of_more_than_4_MiB_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Blobs.Write("large", new byte[(4 * 1024 * 1024) + 1], null));
        Assert.NotNull(await Blobs.Write("large", new byte[4 * 1024 * 1024], null));
    }

    private async Task<List<string>> Names(string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Blobs.List(prefix)) names.Add(name);
        return names;
    }
}
