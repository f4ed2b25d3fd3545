using Perennial.Contracts.Storage;
using Perennial.Core.Ports;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Blobs;

namespace Perennial.Local.Tests.Storage.Blobs;

public sealed class NamedBlobFolderTests : NamedBlobsContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NamedBlobFolderTests() => Blobs = new NamedBlobFolder(_folder.Path);

    protected override INamedBlobs Blobs { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Blobs_and_ETags_are_there_after_reopening_and_no_ETag_comes_back()
    {
        var kept = await Blobs.Write("Kept/one", "1"u8.ToArray(), null);
        var gone = await Blobs.Write("gone", "2"u8.ToArray(), null);
        await Blobs.Delete("gone");
        var again = new NamedBlobFolder(_folder.Path);
        Assert.Equal(kept, (await again.Read("Kept/one"))!.ETag);
        Assert.Null(await again.Read("gone"));
        var next = await again.Write("gone", "2"u8.ToArray(), null);
        Assert.NotEqual(gone, next);
        Assert.NotNull(await again.Write("Kept/one", "3"u8.ToArray(), kept));
    }

    [Fact]
    public async Task A_crash_before_any_step_leaves_the_old_or_the_new_and_the_new_once_acknowledged()
    {
        for (var step = 0; ; step++)
        {
            var disk = new SimulatedDisk();
            var blobs = new NamedBlobFolder(disk, "/blobs");
            var old = await blobs.Write("a", "old"u8.ToArray(), null);
            var left = step;
            disk.Fault = (_, _) => left-- <= 0 ? new IOException("The power failed.") : null;
            var failed = await Record.ExceptionAsync(() => blobs.Write("a", "new"u8.ToArray(), old)) is not null;
            var text = (await new NamedBlobFolder(disk.Crash(), "/blobs").Read("a"))!.Content.ToArray();
            if (failed)
            {
                Assert.Equal("old"u8.ToArray(), text);
                continue;
            }
            Assert.Equal("new"u8.ToArray(), text);
            Assert.Equal(5, step);
            return;
        }
    }

    [Fact]
    public async Task After_a_late_failure_the_ETag_that_is_read_is_the_one_that_counts()
    {
        var disk = new SimulatedDisk();
        var blobs = new NamedBlobFolder(disk, "/blobs");
        await blobs.Write("a", "old"u8.ToArray(), null);
        disk.Fault = (operation, path) => operation == "syncfolder" ? new StoreFullException(path) : null;
        await Assert.ThrowsAsync<StoreFullException>(() => blobs.Write("a", "new"u8.ToArray(), "*"));
        disk.Fault = null;
        Assert.NotNull(await blobs.Write("a", "newer"u8.ToArray(), (await blobs.Read("a"))!.ETag));
    }

    [Fact]
    public async Task A_delete_is_durable_when_it_returns()
    {
        var disk = new SimulatedDisk();
        var blobs = new NamedBlobFolder(disk, "/blobs");
        await blobs.Write("a", "old"u8.ToArray(), null);
        await blobs.Delete("a");
        Assert.Null(await new NamedBlobFolder(disk.Crash(), "/blobs").Read("a"));
    }

    [Fact]
    public async Task An_altered_blob_is_an_error_that_names_the_file()
    {
        await Blobs.Write("a", "content"u8.ToArray(), null);
        var path = Directory.GetFiles(_folder.Path, "*.blob").Single();
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(path, (await Assert.ThrowsAsync<CorruptStoreException>(() => Blobs.Read("a"))).Path);
    }
}
