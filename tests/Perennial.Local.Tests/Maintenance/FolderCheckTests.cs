using System.Globalization;
using System.Text;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Local.Maintenance.Check;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Tests.Storage;

namespace Perennial.Local.Tests.Maintenance;

/// <summary>Each kind of file is damaged in each way; the check names it and changes nothing.</summary>
public sealed class FolderCheckTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.Combine("data");

    public async Task InitializeAsync()
    {
        await using var served = await ServedFolder.Open(Data);
        for (var i = 0; i < 60; i++) await served.Add($"w0-{i:D3}");
        await served.Blobs.Write("some/blob", "content"u8.ToArray(), null);
        var registry = new ModelRegistry(served.Tables, TimeProvider.System);
        await registry.PutModel("churn", await served.Artifacts.PutBytes("spec"u8.ToArray()), "ann");
        var manifest = new PackageManifest([new PackageFile("model.onnx", await served.Artifacts.PutBytes("onnx"u8.ToArray()))]);
        await registry.Register("churn", "run-churn-1", await served.Artifacts.PutJson(manifest), "good");
        await registry.Promote("churn", 1, "ann", "best");
        await served.Tables.Compacted();
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_whole_folder_is_clean_and_nothing_in_it_changes()
    {
        var before = Snapshot();
        var report = await FolderCheck.Run(Data);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Empty(report.Notes);
        Assert.True(report.Records > 120 && report.References >= 3 && report.AuditEntries == 3, report.ToString());
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("artifacts/*/*", "artifact-damaged")]
    [InlineData("tables/snapshot-*", "segment-damaged")]
    [InlineData("tables/journal/*.seg", "segment-damaged")]
    [InlineData("orchestrations/log/*.seg", "segment-damaged")]
    [InlineData("predictions/*/*.seg", "segment-damaged")]
    [InlineData("blobs/*.blob", "blob-damaged")]
    [InlineData("blobs/sequence", "blob-sequence-damaged")]
    [InlineData("orchestrations/begin", "begin-damaged")]
    [InlineData("clock", "clock-damaged")]
    [InlineData("format.json", "format-damaged")]
    public async Task A_flipped_bit_is_named(string pattern, string kind)
    {
        var path = First(pattern);
        var bytes = await File.ReadAllBytesAsync(path);
        // In the payload of the first record, or in a small file's first byte.
        bytes[bytes.Length > 60 && pattern != "clock" ? 50 : 0] ^= 0x40;
        await File.WriteAllBytesAsync(path, bytes);
        await AssertNamed(path, kind);
    }

    [Theory]
    [InlineData("artifacts/*/*", "artifact-damaged")]
    [InlineData("tables/snapshot-*", "segment-damaged")]
    [InlineData("predictions/*/*.seg", "segment-damaged")]
    [InlineData("blobs/*.blob", "blob-damaged")]
    [InlineData("clock", "clock-damaged")]
    [InlineData("format.json", "format-damaged")]
    public async Task A_truncation_is_named(string pattern, string kind)
    {
        var path = First(pattern);
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..^2]);
        await AssertNamed(path, kind);
    }

    [Theory]
    [InlineData("predictions/*/*.seg", "segment-missing")]
    [InlineData("tables/journal/*.seg", "segment-missing")]
    [InlineData("orchestrations/log/*.seg", "segment-missing")]
    [InlineData("format.json", "format-missing")]
    public async Task A_deleted_file_is_named(string pattern, string kind)
    {
        var path = First(pattern);
        File.Delete(path);
        await AssertNamed(path, kind);
    }

    [Fact]
    public async Task A_deleted_snapshot_is_named_by_what_it_stood_for()
    {
        File.Delete(First("tables/snapshot-*"));
        Assert.Contains((await FolderCheck.Run(Data)).Findings, finding => finding.Kind == "segment-missing" && finding.File.StartsWith("tables/journal/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tables_that_are_gone_whole_are_named_by_what_belongs_to_them()
    {
        Directory.Delete(Path.Combine(Data, "tables"), recursive: true);
        Assert.Contains((await FolderCheck.Run(Data)).Findings, finding => (finding.Kind, finding.File) == ("tables-missing", "tables/journal"));
    }

    [Theory]
    [InlineData("onnx", "model.onnx")]
    [InlineData("spec", "ModelRecord.Spec")]
    public async Task A_deleted_artifact_is_named_by_the_row_that_refers_to_it(string content, string what)
    {
        var hash = ContentHash.Of(Encoding.UTF8.GetBytes(content)).ToString();
        File.Delete(Path.Combine(Data, "artifacts", hash[..2], hash[2..]));
        var finding = Assert.Single((await FolderCheck.Run(Data)).Findings);
        Assert.Equal("reference-dangling", finding.Kind);
        Assert.StartsWith("registry/churn/", finding.File, StringComparison.Ordinal);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
        Assert.Contains(hash, finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_whose_file_is_gone_and_an_audit_entry_that_was_changed_are_named()
    {
        await using (var served = await ServedFolder.Open(Data))
        {
            var part = ContentHash.Of("rows"u8);
            var id = await served.Artifacts.PutJson(new DatasetManifest([new DatasetPart(part, DataFormat.Csv, "rows.csv", 1, 4)], []));
            var columns = await served.Artifacts.PutJson(Array.Empty<string>());
            await served.Tables.Write("datasets", "churn", [TableOperation.Insert(id.ToString(), new Dictionary<string, string> { ["json"] = "{}", ["columns"] = columns.ToString(), ["parts"] = part.ToString() })]);
            var entry = (await served.Tables.Get("registry", "churn", "audit-0000000002"))!;
            var changed = entry.Properties.ToDictionary(p => p.Key, p => p.Value.Replace("good", "evil", StringComparison.Ordinal));
            await served.Tables.Write("registry", "churn", [TableOperation.Replace(entry.Row, changed, "*")]);
        }
        var findings = (await FolderCheck.Run(Data)).Findings;
        Assert.Contains(findings, finding => finding.Kind == "reference-dangling" && finding.File.StartsWith("datasets/churn/", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Kind == "audit-broken" && finding.What.Contains("Entry 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_damaged_records_of_one_segment_are_both_named_by_their_places()
    {
        var path = First("predictions/*/*.seg");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[50] ^= 1;
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var offsets = (await FolderCheck.Run(Data)).Findings.Select(finding => finding.Offset).ToArray();
        Assert.Equal(2, offsets.Length);
        Assert.True(offsets[0] == 32 && offsets[1] is > 100 and <= 200, string.Join(", ", offsets));
    }

    [Fact]
    public async Task A_write_that_a_crash_cut_short_is_a_note_and_no_damage()
    {
        var path = Last("predictions/*/*.seg");
        await File.AppendAllTextAsync(path, "torn");
        var report = await FolderCheck.Run(Data);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains("cut short", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_served_is_refused_with_the_process()
    {
        await using var served = await ServedFolder.Open(Data);
        var refusal = await Assert.ThrowsAsync<FolderInUseException>(() => FolderCheck.Run(Data));
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refusal.Owner);
    }

    [Fact]
    public async Task A_folder_of_no_host_is_refused_and_stays_empty()
    {
        var other = Directory.CreateDirectory(_folder.Combine("other")).FullName;
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => FolderCheck.Run(other));
        Assert.Empty(Directory.GetFileSystemEntries(other));
    }

    private async Task AssertNamed(string path, string kind)
    {
        var before = Snapshot();
        var report = await FolderCheck.Run(Data);
        var name = Path.GetRelativePath(Data, path).Replace('\\', '/');
        var finding = report.Findings.FirstOrDefault(finding => finding.File == name);
        Assert.True(finding is not null, $"{name} is not among: {string.Join('\n', report.Findings)}");
        Assert.Equal(kind, finding.Kind);
        Assert.All(report.Findings, each => Assert.True(each.What.Length > 0 && each.Meaning.Length > 0 && each.Remedy.Length > 0));
        Assert.Equal(before, Snapshot());
    }

    private string First(string pattern) => Find(pattern)[0];

    private string Last(string pattern) => Find(pattern)[^1];

    private List<string> Find(string pattern)
    {
        List<string> found = [Data];
        foreach (var part in pattern.Split('/')) found = [.. found.SelectMany(folder => Directory.GetFileSystemEntries(folder, part)).Order(StringComparer.Ordinal)];
        return found;
    }

    private Dictionary<string, string> Snapshot() => Directory.GetFiles(Data, "*", SearchOption.AllDirectories)
        .Where(path => !Path.GetFileName(path).StartsWith("lock", StringComparison.Ordinal))
        .ToDictionary(path => path, path => ContentHash.Of(File.ReadAllBytes(path)) + " " + File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture));
}
