using System.Text;
using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Api.Routes;
using Perennial.Api.Tests.Support;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Maintenance.Check;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Time;

namespace Perennial.Api.Tests;

/// <summary>Collections and backups of a host that serves.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task After_a_collection_every_version_answers_every_report_opens_and_a_run_can_be_made_again()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        var runs = new List<RunRecord> { await host.Train(Some.Model, Some.Rows()), await host.Train(Some.Model, Some.Rows(500)) };
        var versions = await host.Client.Get<IReadOnlyList<ModelVersion>>("/api/models/churn/versions");
        Assert.NotEmpty(versions);
        var model = await host.Client.GetBytes("/api/models/churn/versions/1/files/model.onnx");
        var garbage = PutFile(host, "garbage"u8);
        host.Clock.Advance(TimeSpan.FromDays(100));
        // Monitor passes come due; figures are compared once they are over.
        while ((await host.Client.Get<HealthResponse>("/api/health")).Busy) await Task.Yield();
        Age(host);
        var all = Artifacts(host);

        var dry = await Collect(host, dryRun: true);
        Assert.Equal(all, Artifacts(host));
        var report = await Collect(host);

        Assert.True(report.Removed >= 1 && report.Orchestrations >= 2 && report.CachedResults > 0, report.ToString());
        Assert.Equal((dry.Removed, dry.RemovedBytes, dry.Orchestrations, dry.CachedResults), (report.Removed, report.RemovedBytes, report.Orchestrations, report.CachedResults));
        Assert.Equal(report.Kept, Artifacts(host).Count);
        Assert.DoesNotContain(garbage, Artifacts(host));
        await host.Restart();
        foreach (var version in versions) await AssertWhole(host, version);
        foreach (var run in runs) Assert.StartsWith("<!", Encoding.UTF8.GetString(await host.Client.GetBytes($"/api/runs/{run.Id}/report.html")), StringComparison.OrdinalIgnoreCase);
        // The same dataset again: its stages are no longer cached, so they run anew.
        var again = await host.Client.Post<RunTrigger>("/api/models/churn/runs", new RunRequest(runs[0].Dataset, "again", "test"));
        var repeated = await host.Client.WaitForRun(Some.Model, again.Key);
        await foreach (var state in host.Client.Follow(repeated.Id)) repeated = state.Run;
        Assert.NotEqual(RunStatus.Failed, repeated.Status);
        Assert.Contains(repeated.Stages, stage => stage.Name == "fit" && !stage.Cached);
        if (repeated.Version is { } made) Assert.Equal(model, await host.Client.GetBytes($"/api/models/churn/versions/{made}/files/model.onnx"));
        await host.DisposeHost();
        Assert.Empty((await FolderCheck.Run(host.Folder)).Findings);
    }

    [Fact]
    public async Task A_backup_taken_while_a_run_and_predictions_go_on_restores_to_a_host_that_goes_on_with_them()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        Assert.Equal(RunStatus.Succeeded, (await host.Train(Some.Model, Some.Rows())).Status);
        var acknowledged = new List<string>();
        using var stop = new CancellationTokenSource();
        var predicting = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var (status, _, _) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", $$"""{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ], "ids": ["p{{i}}"] }""");
                Assert.Equal(200, status);
                lock (acknowledged) acknowledged.Add($"p{i}");
            }
        });
        var dataset = await host.Client.Upload(Some.Model, "more.csv", new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows(700))));
        var trigger = await host.Client.Post<RunTrigger>("/api/models/churn/runs", new RunRequest(dataset.Id, "more", "test"));
        var run = await host.Client.WaitForRun(Some.Model, trigger.Key);
        while (Count() < 5) await Task.Yield();
        string[] before;
        lock (acknowledged) before = [.. acknowledged];

        var archive = host.Folder + ".tar";
        await host.Client.Download("/api/maintenance/backup", stream => BackupArchive.Receive(stream, archive));
        await stop.CancelAsync();
        await predicting;

        var target = host.Folder + "-restored";
        try
        {
            FolderRestore.Restore(archive, target);
            Assert.Empty((await FolderCheck.Run(target)).Findings);
            Assert.Superset(before.ToHashSet(), await Predictions(target));
            await using var restored = await RunningHost.Over(target, host.Clock);
            await foreach (var state in restored.Client.Follow(run.Id)) run = state.Run;
            Assert.NotEqual(RunStatus.Failed, run.Status);
            var runs = await restored.Client.Get<IReadOnlyList<RunRecord>>("/api/models/churn/runs");
            Assert.Equal(2, runs.Count);
            var versions = await restored.Client.Get<IReadOnlyList<ModelVersion>>("/api/models/churn/versions");
            Assert.Equal(versions.Select(v => v.Run).Distinct().Count(), versions.Count);
        }
        finally
        {
            File.Delete(archive);
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }

        int Count()
        {
            lock (acknowledged) return acknowledged.Count;
        }
    }

    [Fact]
    public async Task One_backup_at_a_time_and_a_caller_that_goes_away_leaves_the_host_free()
    {
        await using var host = await RunningHost.Start();
        // More than the buffers between host and caller hold, so that the backup is under way until its caller goes.
        PutFile(host, new byte[64 * 1024 * 1024]);
        using (await BeginBackup(host))
        {
            var (status, _, body) = await host.Send(HttpMethod.Post, "/api/maintenance/backup");
            Assert.Equal((409, "maintenance-busy"), (status, (string?)body!["code"]));
            (status, _, body) = await host.Send(HttpMethod.Post, "/api/maintenance/gc", "{}");
            Assert.Equal((409, "maintenance-busy"), (status, (string?)body!["code"]));
        }
        while ((await host.Send(HttpMethod.Post, "/api/maintenance/gc", "{}")).Status == 409) await Task.Yield();
        using var again = await BeginBackup(host);
        Assert.Equal("application/x-tar", again.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("""{ "olderThan": "soon" }""")]
    [InlineData("""{ "olderThan": 90 }""")]
    [InlineData("""{ "dryrun": true, "force": true }""")]
    [InlineData("null")]
    public async Task A_collection_of_nonsense_is_refused(string body)
    {
        await using var host = await RunningHost.Start();
        Assert.Equal(400, (await host.Send(HttpMethod.Post, "/api/maintenance/gc", body)).Status);
    }

    [Fact]
    public async Task A_model_whose_bytes_were_altered_is_not_used_and_its_artifact_is_named()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec);
        await host.Train(Some.Model, Some.Rows());
        var hash = ContentHash.Of(await host.Client.GetBytes("/api/models/churn/versions/1/files/model.onnx")).ToString();
        await host.Restart();
        var path = Path.Combine(host.Folder, "artifacts", hash[..2], hash[2..]);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ] }""");

        Assert.Equal((500, "content-damaged"), (status, (string?)body!["code"]));
        Assert.Contains($"'artifacts/{hash[..2]}/{hash[2..]}'", (string?)body["detail"], StringComparison.Ordinal);
        Assert.Contains("perennial fsck", (string?)body["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "backup", null, 405)]
    [InlineData("POST", "backup", "cross-site", 400)]
    [InlineData("POST", "backup", "same-site", 400)]
    [InlineData("GET", "backup", "cross-site", 400)]
    [InlineData("POST", "gc", "cross-site", 400)]
    [InlineData("POST", "backup", "same-origin", 200)]
    [InlineData("POST", "backup", "none", 200)]
    public async Task A_page_of_another_site_can_start_no_maintenance(string method, string what, string? site, int expected)
    {
        await using var host = await RunningHost.Start();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), $"/api/maintenance/{what}");
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);
        Assert.Equal(expected, (await host.Send(request)).Status);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_given_up_and_a_slow_one_is_not()
    {
        var clock = new MovableClock(DateTimeOffset.UnixEpoch);
        var reader = new Sleepy();
        await using var patient = new PatientStream(reader, TimeSpan.FromSeconds(60), clock);
        var writing = patient.WriteAsync(new byte[100_000]).AsTask();
        for (var taken = 0; taken < 6; taken++)
        {
            await reader.Asked.WaitAsync();
            clock.Advance(TimeSpan.FromSeconds(59));
            Assert.False(writing.IsCompleted);
            reader.Take();
        }
        await reader.Asked.WaitAsync();
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(writing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IOException>(() => writing);
    }

    private static Task<HttpResponseMessage> BeginBackup(RunningHost host) =>
        host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/maintenance/backup"), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Takes one piece whenever it is told to.</summary>
    private sealed class Sleepy : MemoryStream
    {
        private TaskCompletionSource? _waiting;

        public SemaphoreSlim Asked { get; } = new(0);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var waiting = _waiting = new TaskCompletionSource();
            await using var registration = cancellationToken.Register(() => waiting.TrySetCanceled(cancellationToken));
            Asked.Release();
            await waiting.Task;
        }

        public void Take() => _waiting!.SetResult();
    }

    private static Task<CollectionReport> Collect(RunningHost host, bool dryRun = false) =>
        host.Client.Post<CollectionReport>("/api/maintenance/gc", new CollectRequest(dryRun, TimeSpan.FromDays(90)));

    private static async Task AssertWhole(RunningHost host, ModelVersion version)
    {
        foreach (var file in new[] { "model.onnx", "signature.json", "baseline.json", "evaluation.json", "provenance.json", "card.md" })
            Assert.NotEmpty(await host.Client.GetBytes($"/api/models/churn/versions/{version.Version}/files/{file}"));
        await host.Send(HttpMethod.Post, "/api/models/churn/promote", $$"""{ "version": {{version.Version}} }""");
        var (status, _, body) = await host.Send(HttpMethod.Post, "/api/models/churn/predict", """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ] }""");
        Assert.Equal((200, version.Version), (status, (int?)body!["version"]));
    }

    private static async Task<HashSet<string>> Predictions(string folder)
    {
        using var log = new PredictionLogFolder(Path.Combine(folder, "predictions"));
        var ids = new HashSet<string>();
        string? cursor = null;
        while (await log.Read("predictions/churn", cursor, 1000) is { Records.Count: > 0 } page)
        {
            foreach (var record in page.Records) ids.Add((string)JsonNode.Parse(record.Payload.Span)!["id"]!);
            cursor = page.Cursor;
        }
        return ids;
    }

    private static string PutFile(RunningHost host, ReadOnlySpan<byte> content)
    {
        var name = ContentHash.Of(content).ToString();
        Directory.CreateDirectory(Path.Combine(host.Folder, "artifacts", name[..2]));
        File.WriteAllBytes(Path.Combine(host.Folder, "artifacts", name[..2], name[2..]), content);
        return name;
    }

    private static void Age(RunningHost host)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(host.Folder, "artifacts"), "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
    }

    private static List<string> Artifacts(RunningHost host) =>
        [.. Directory.GetFiles(Path.Combine(host.Folder, "artifacts"), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(Path.GetDirectoryName(path)) + Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
