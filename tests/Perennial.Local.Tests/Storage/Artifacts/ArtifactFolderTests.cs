using Perennial.Contracts.Storage;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Artifacts;

namespace Perennial.Local.Tests.Storage.Artifacts;

public sealed class ArtifactFolderTests : ContentStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactFolder _store;

    public ArtifactFolderTests() => _store = new ArtifactFolder(_folder.Path);

    protected override IContentStore Store => _store;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Altered_and_cut_content_is_found_by_a_look()
    {
        var hash = await _store.PutBytes(Some(200_000, 7));
        Assert.Equal(ArtifactCondition.Intact, await _store.Verify(hash));
        Assert.Equal(ArtifactCondition.Missing, await _store.Verify(ContentHash.Of("nowhere"u8)));
        var path = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Single();
        var content = File.ReadAllBytes(path);
        content[150_000] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.Equal(ArtifactCondition.Damaged, await _store.Verify(hash));
        File.WriteAllBytes(path, content[..1000]);
        Assert.Equal(ArtifactCondition.Damaged, await _store.Verify(hash));
        await _store.PutBytes(Some(200_000, 7));
        Assert.Equal(ArtifactCondition.Intact, await _store.Verify(hash));
    }

    [Theory]
    [InlineData(0, 200_000)]
    [InlineData(199_999, 200_000)]
    [InlineData(150_000, 200_000)]
    [InlineData(-1, 1000)]
    [InlineData(-1, 200_001)]
    [InlineData(-1, 0)]
    public async Task Whoever_puts_damaged_content_again_heals_it(int altered, int length)
    {
        var hash = await _store.PutBytes(Some(200_000, 7));
        var path = _store.PathOf(hash);
        var content = await File.ReadAllBytesAsync(path);
        if (altered >= 0) content[altered] ^= 1;
        Array.Resize(ref content, length);
        await File.WriteAllBytesAsync(path, content);
        Assert.Equal(ArtifactCondition.Damaged, await _store.Verify(hash));

        Assert.Equal(hash, await _store.PutBytes(Some(200_000, 7)));

        Assert.Equal(ArtifactCondition.Intact, await _store.Verify(hash));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "tmp")));
    }

    [Fact]
    public async Task Content_is_durable_when_a_put_returns_and_never_half_there()
    {
        var disk = new SimulatedDisk();
        var store = new ArtifactFolder(disk, "/data/artifacts");
        for (var i = 0; i < 5; i++)
        {
            var hash = await store.PutBytes(Some(1000, i));
            var survivor = new ArtifactFolder(disk.Crash(), "/data/artifacts");
            Assert.Equal(ArtifactCondition.Intact, await survivor.Verify(hash));
        }
    }

    [Fact]
    public async Task A_crash_before_any_step_of_a_put_leaves_all_or_nothing()
    {
        var content = Some(1000, 9);
        for (var step = 0; ; step++)
        {
            var disk = new SimulatedDisk();
            var store = new ArtifactFolder(disk, "/artifacts");
            var left = step;
            disk.Fault = (_, _) => left-- <= 0 ? new IOException("The power failed.") : null;
            var failed = await Record.ExceptionAsync(() => store.PutBytes(content)) is not null;
            var condition = await new ArtifactFolder(disk.Crash(), "/artifacts").Verify(ContentHash.Of(content));
            Assert.NotEqual(ArtifactCondition.Damaged, condition);
            if (failed) continue;
            Assert.Equal(ArtifactCondition.Intact, condition);
            Assert.True(step > 4);
            return;
        }
    }

    [Fact]
    public void What_a_crash_left_unfinished_is_removed_on_opening()
    {
        var left = Path.Combine(_folder.Path, "tmp", "5.tmp");
        File.WriteAllText(left, "half");
        _ = new ArtifactFolder(_folder.Path);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_full_disk_refuses_and_works_again_with_space()
    {
        var disk = new SimulatedDisk();
        var store = new ArtifactFolder(disk, "/artifacts");
        disk.Fault = (operation, path) => operation == "write" ? new StoreFullException(path) : null;
        await Assert.ThrowsAsync<StoreFullException>(() => store.PutBytes(Some(10, 1)));
        disk.Fault = null;
        Assert.Empty(disk.Files("/artifacts/tmp"));
        Assert.Equal(ArtifactCondition.Intact, await store.Verify(await store.PutBytes(Some(10, 1))));
    }
}
