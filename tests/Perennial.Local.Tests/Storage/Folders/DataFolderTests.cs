using System.Globalization;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;

namespace Perennial.Local.Tests.Storage.Folders;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.Combine("deep/.perennial");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_folder_has_its_layout_and_can_be_opened_again()
    {
        using (var folder = DataFolder.Open(Path))
        {
            Assert.Equal(Path, folder.Path);
            foreach (var name in new[] { "artifacts", "tables", "orchestrations", "predictions", "blobs", "inbox" })
                Assert.True(Directory.Exists(System.IO.Path.Combine(Path, name)));
        }
        DataFolder.Open(Path).Dispose();
    }

    [Fact]
    public void A_second_owner_is_refused_with_the_process_of_the_first()
    {
        using var first = DataFolder.Open(Path);
        var refusal = Assert.Throws<FolderInUseException>(() => DataFolder.Open(Path));
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refusal.Owner);
        Assert.Contains(refusal.Owner, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lock_that_cannot_be_looked_at_is_nobodys()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "lock.owner"));
        Assert.IsNotType<FolderInUseException>(Record.Exception(() => DataFolder.Open(Path)));
        Directory.Delete(System.IO.Path.Combine(Path, "lock.owner"));
        // And it was given up.
        DataFolder.Open(Path).Dispose();
    }

    [Theory]
    [InlineData(24)]
    [InlineData(5)]
    public void Of_the_errors_of_a_disk_only_one_says_that_somebody_has_the_file(int error)
    {
        Assert.False(DiskErrors.IsTaken(new IOException("Too many open files, or a broken disk.", error)));
        DataFolder.Open(Path).Dispose();
        using var first = new FileStream(System.IO.Path.Combine(Path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.True(DiskErrors.IsTaken(Assert.IsType<IOException>(Record.Exception(() => File.Open(System.IO.Path.Combine(Path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose()))));
    }

    [Fact]
    public void A_lock_whose_process_died_is_taken_over()
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(System.IO.Path.Combine(Path, "lock"), "");
        File.WriteAllText(System.IO.Path.Combine(Path, "lock.owner"), "999999");
        using var folder = DataFolder.Open(Path);
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllText(System.IO.Path.Combine(Path, "lock.owner")));
    }

    [Theory]
    [InlineData("thesis.tmp")]
    [InlineData("tables/journal/00000001.seg")]
    public void A_folder_of_something_else_is_refused_and_nothing_in_it_changes(string file)
    {
        var foreign = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(foreign)!);
        File.WriteAllText(foreign, "mine");
        Assert.Contains($"'{file.Split('/')[0]}' but no format.json", Assert.Throws<FolderFormatException>(() => DataFolder.Open(Path)).Message, StringComparison.Ordinal);
        Assert.Equal([foreign], Directory.GetFiles(Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_in_which_a_first_start_was_cut_short_or_which_has_an_inbox_is_opened()
    {
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "inbox", "churn"));
        foreach (var name in new[] { "lock", "lock.owner", "format.json.tmp" }) File.WriteAllText(System.IO.Path.Combine(Path, name), "");
        DataFolder.Open(Path).Dispose();
    }

    [Theory]
    [InlineData("{\"format\":2}", "format 2")]
    [InlineData("{\"format\":0}", "format 0")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("null", "null")]
    public void Another_format_is_refused_clearly_and_the_lock_released(string format, string named)
    {
        DataFolder.Open(Path).Dispose();
        File.WriteAllText(System.IO.Path.Combine(Path, "format.json"), format);
        Assert.Contains(named, Assert.Throws<FolderFormatException>(() => DataFolder.Open(Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(System.IO.Path.Combine(Path, "format.json"), "{\"format\":1}");
        DataFolder.Open(Path).Dispose();
    }
}
