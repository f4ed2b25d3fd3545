using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Perennial.Core.Ports;
using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Maintenance.Check;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Tests.Storage;

namespace Perennial.Local.Tests.Maintenance;

/// <summary>A backup is what a power cut at one moment would have left, and is taken back whole or not at all.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.Combine("restored");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Under_load_everything_acknowledged_before_is_in_it_and_nothing_without_what_came_before_it()
    {
        await using var served = await ServedFolder.Open(_folder.Combine("served"));
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, byte>();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => Work(served, writer, acknowledged, stop.Token))).ToArray();
        for (var round = 0; round < 5; round++)
        {
            var from = acknowledged.Count;
            while (acknowledged.Count < from + 40) await Task.Yield();
            var before = acknowledged.Keys.ToArray();
            var archive = await Take(served);
            Directory.CreateDirectory(Target);
            FolderRestore.Restore(archive, Target);

            var check = await FolderCheck.Run(Target);
            Assert.True(check.IsClean, string.Join('\n', check.Findings));
            await using (var restored = await ServedFolder.Open(Target))
            {
                foreach (var id in before) Assert.True(await restored.HasInstance(id), $"{id} was acknowledged before the backup.");
                await AssertOrder(restored);
            }
            Directory.Delete(Target, recursive: true);
        }
        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_cut_archive_is_refused_and_leaves_nothing()
    {
        var archive = await Small();
        var bytes = await File.ReadAllBytesAsync(archive);
        var end = EndOfLastEntry(archive);
        for (var length = 0; length < end; length += 1111)
        {
            await File.WriteAllBytesAsync(archive, bytes[..length]);
            Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target));
            Assert.Equal([archive], Directory.GetFileSystemEntries(_folder.Path).Where(path => !path.EndsWith("served", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    public async Task An_extended_header_that_would_fill_the_memory_is_refused_unread(char type)
    {
        var archive = await Small();
        var bytes = await File.ReadAllBytesAsync(archive);
        bytes[156] = (byte)type;
        "00000400000\0"u8.CopyTo(bytes.AsSpan(124));
        await File.WriteAllBytesAsync(archive, [.. bytes, .. new byte[1 << 18]]);
        var refused = Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target));
        Assert.Contains("an extended header of 131072 bytes. Take another one.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7777777777\0\0")]
    [InlineData("12x45678901\0")]
    public async Task A_length_that_cannot_be_is_refused(string length)
    {
        var archive = await Small();
        var bytes = await File.ReadAllBytesAsync(archive);
        System.Text.Encoding.ASCII.GetBytes(length).CopyTo(bytes, 124);
        await File.WriteAllBytesAsync(archive, bytes);
        Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target));
    }

    [Fact]
    public async Task A_flipped_byte_is_refused_unless_it_changes_no_file()
    {
        var archive = await Small();
        FolderRestore.Restore(archive, Target);
        var whole = Tree(Target);
        Directory.Delete(Target, recursive: true);
        var bytes = await File.ReadAllBytesAsync(archive);
        var random = new Random(7);
        var refused = 0;
        for (var round = 0; round < 30; round++)
        {
            // Most bytes of a tar of small files are zeros that pad.
            int at;
            do at = random.Next(bytes.Length);
            while (bytes[at] == 0);
            var flipped = (byte[])bytes.Clone();
            flipped[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(archive, flipped);
            if (Record.Exception(() => FolderRestore.Restore(archive, Target)) is { } exception)
            {
                Assert.True(exception is BackupRefusedException, $"Byte {at}: {exception}");
                refused++;
            }
            else
            {
                Assert.Equal(whole, Tree(Target));
                Directory.Delete(Target, recursive: true);
            }
            Assert.False(Directory.Exists(Target));
        }
        Assert.True(refused > 10, $"{refused} of 30 flips were refused.");
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("artifacts/../../evil")]
    [InlineData("artifacts/..")]
    [InlineData("tables//x")]
    [InlineData("inbox/churn/rows.csv")]
    [InlineData("lock")]
    [InlineData("evil")]
    [InlineData("tables/UPPER")]
    [InlineData("tables/a\\b")]
    [InlineData("tables/x.tmp")]
    [InlineData("artifacts/ab/cd/ef")]
    public void A_name_that_is_none_of_a_hosts_file_is_refused(string name)
    {
        var archive = Archive(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });
        var refusal = Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target));
        Assert.Contains("no name of a host's file", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([archive], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Directory)]
    [InlineData(TarEntryType.Fifo)]
    public void What_is_no_file_is_refused(TarEntryType type)
    {
        var entry = new PaxTarEntry(type, "tables/x");
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = "/etc/passwd";
        Assert.Contains("is no file", Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(Archive(entry), Target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        var archive = await Small();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "mine"), "kept");
        Assert.Contains("not empty", Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target)).Message, StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(Target, "mine")));
    }

    [Fact]
    public async Task What_a_killed_restoring_left_is_no_folder_of_a_host_and_is_cleared_by_the_next()
    {
        var archive = await Small();
        Directory.CreateDirectory(Target + ".restoring/tables");
        await File.WriteAllTextAsync(Target + ".restoring/tables/snapshot-00000002.tmp", "half");
        FolderRestore.Restore(archive, Target);
        Assert.False(Directory.Exists(Target + ".restoring"));
        Assert.True((await FolderCheck.Run(Target)).IsClean);
        Assert.False(File.Exists(Path.Combine(Target, "tables", "snapshot-00000002.tmp")));
    }

    [Fact]
    public async Task Two_restorings_to_one_folder_do_not_mix()
    {
        var archive = await Small();
        Directory.CreateDirectory(Target + ".restoring");
        using var other = new FileStream(Target + ".restoring/lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Throws<FolderInUseException>(() => FolderRestore.Restore(archive, Target));
        Assert.True(Directory.Exists(Target + ".restoring"));
    }

    [Theory]
    [InlineData("thesis.txt")]
    [InlineData("tables/Thesis.txt")]
    [InlineData("notes/thesis.txt")]
    [InlineData("tables/drafts/old/thesis.txt")]
    public async Task A_file_of_somebody_elses_beside_it_is_in_the_way_and_stays_with_all_around_it(string name)
    {
        var archive = await Small();
        var own = Path.Combine(Target + ".restoring", "artifacts", "aa", "half");
        var mine = Path.Combine(Target + ".restoring", name);
        foreach (var path in new[] { own, mine })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "kept");
        }
        var before = Directory.GetFileSystemEntries(Target + ".restoring", "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

        Assert.Contains("is in the way", Assert.Throws<BackupRefusedException>(() => FolderRestore.Restore(archive, Target)).Message, StringComparison.Ordinal);

        Assert.Equal(before, Directory.GetFileSystemEntries(Target + ".restoring", "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal("kept", await File.ReadAllTextAsync(mine));
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task What_somebody_puts_beside_it_meanwhile_stays_when_it_fails()
    {
        var archive = await Small();
        var mine = Target + ".restoring/thesis.txt";
        Assert.Throws<IOException>(() => FolderRestore.Restore(archive, Target, new Told(_ =>
        {
            File.WriteAllText(mine, "kept");
            throw new IOException("The disk breaks.");
        })));
        Assert.Equal("kept", await File.ReadAllTextAsync(mine));
    }

    [Fact]
    public async Task Another_restoring_is_kept_away_until_the_folder_has_its_name()
    {
        var archive = await Small();
        var refused = 0;
        FolderRestore.Restore(archive, Target, new Told(_ =>
        {
            Assert.Throws<FolderInUseException>(() => FolderRestore.Restore(archive, Target));
            refused++;
        }));
        Assert.True(refused > 5);
        Assert.True((await FolderCheck.Run(Target)).IsClean);
    }

    [Fact]
    public async Task An_archive_that_breaks_off_leaves_the_file_before_it()
    {
        var archive = await Small();
        var bytes = await File.ReadAllBytesAsync(archive);
        await Assert.ThrowsAsync<BackupRefusedException>(() => BackupArchive.Receive(new MemoryStream(bytes[..(bytes.Length / 2)]), archive));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(archive));
        Assert.Equal([archive], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_somebody_else_calls_unfinished_is_left_alone(bool whole)
    {
        var archive = await Small();
        var bytes = await File.ReadAllBytesAsync(archive);
        var (other, mine) = (_folder.Combine("other.tar"), _folder.Combine("other.tar.tmp"));
        await File.WriteAllTextAsync(mine, "kept");
        var received = await Record.ExceptionAsync(() => BackupArchive.Receive(new MemoryStream(whole ? bytes : bytes[..(bytes.Length / 2)]), other));
        Assert.Equal(whole, received is null);
        Assert.Equal(whole, File.Exists(other));
        Assert.Equal("kept", await File.ReadAllTextAsync(mine));
        Assert.Equal(whole ? 3 : 2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public async Task More_files_than_a_part_of_the_manifest_lists_are_all_there()
    {
        await using var served = await ServedFolder.Open(_folder.Combine("served"));
        for (var i = 0; i < 1100; i++) served.PutFile(Encoding.UTF8.GetBytes($"content {i}"));
        var contents = FolderRestore.Restore(await Take(served), Target);
        Assert.True(contents.Files > 1100);
        Assert.Equal(1100, Directory.GetFiles(Path.Combine(Target, "artifacts"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task An_artifact_that_was_damaged_before_is_copied_and_told()
    {
        await using var served = await ServedFolder.Open(_folder.Combine("served"));
        var hash = await served.Artifacts.PutBytes("some content"u8.ToArray());
        File.WriteAllText(Path.Combine(served.Folder.Artifacts, hash.ToString()[..2], hash.ToString()[2..]), "more content");
        Assert.Equal([hash.ToString()], FolderRestore.Restore(await Take(served), Target).Damaged);
    }

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }

    /// <summary>A prediction, then a row, then an instance of one id: each is asked for when the one before was acknowledged.</summary>
    private static async Task Work(ServedFolder served, int writer, ConcurrentDictionary<string, byte> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"w{writer}-{i:D6}");
            await served.Add(id);
            acknowledged[id] = 0;
        }
    }

    private static async Task AssertOrder(ServedFolder restored)
    {
        var rows = (await restored.Tables.QueryAll(new TableQuery("ids", "p"))).Select(entity => entity.Row).ToHashSet();
        var predictions = new HashSet<string>();
        for (var stream = 0; stream < 4; stream++) predictions.UnionWith(await restored.Predictions(stream));
        Assert.Superset(rows, predictions);
        var instances = new HashSet<string>();
        await foreach (var instance in restored.Instances()) instances.Add(instance);
        Assert.Superset(instances, rows);
        // Tables come after orchestrations here and before them above: only stores that stand still together satisfy both.
        var begun = await restored.Tables.QueryAll(new TableQuery("begun", "p"));
        Assert.Superset(begun.Select(entity => entity.Row).ToHashSet(), instances);
        foreach (var entity in await restored.Tables.QueryAll(new TableQuery("ids", "p")))
            Assert.True(await restored.Artifacts.Exists(ContentHash.Parse(entity.Properties["artifact"])), entity.Row);
    }

    private async Task<string> Take(ServedFolder served)
    {
        var path = _folder.Combine("backup.tar");
        using var moment = await served.Backup().Begin();
        await using var file = File.Create(path);
        await moment.WriteTo(file);
        return path;
    }

    /// <summary>A backup with something in each store.</summary>
    private async Task<string> Small()
    {
        await using var served = await ServedFolder.Open(_folder.Combine("served"));
        for (var i = 0; i < 3; i++) await served.Add($"w0-{i}");
        return await Take(served);
    }

    private string Archive(TarEntry entry)
    {
        var path = _folder.Combine("made.tar");
        using var writer = new TarWriter(File.Create(path));
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "format.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("{\"format\":1}")) });
        writer.WriteEntry(entry);
        return path;
    }

    private static long EndOfLastEntry(string archive)
    {
        using var file = File.OpenRead(archive);
        using var reader = new TarReader(file);
        var end = 0L;
        while (reader.GetNextEntry() is { } entry) end = entry.DataOffset + entry.Length;
        return end;
    }

    private static Dictionary<string, string> Tree(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => !Path.GetFileName(path).StartsWith("lock", StringComparison.Ordinal))
        .ToDictionary(path => Path.GetRelativePath(folder, path), path => ContentHash.Of(File.ReadAllBytes(path)).ToString());
}
