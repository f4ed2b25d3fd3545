using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Perennial.Api.Hosting;
using Perennial.Api.Tests.Support;
using Perennial.Cli.Hosting;
using Perennial.Core.Data;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Tests.Serving;

namespace Perennial.Api.Tests;

/// <summary>What the inbox of either host takes and what it refuses, by whose reason a person can do something.</summary>
public sealed class InboxIntakeTests : IAsyncLifetime
{
    private const int MaxBytes = 64 * 1024;
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-intake-").FullName;
    private readonly RecordingOrchestrations _orchestrations = new();
    private readonly LocalStores _stores;
    private readonly Lifecycle _lifecycle;

    public InboxIntakeTests()
    {
        _stores = LocalStores.Open(_folder, TimeProvider.System);
        var host = new Quiet();
        var notifier = new LogNotifier(NullLogger<LogNotifier>.Instance);
        _lifecycle = new Lifecycle(
            new HostParts(_stores.Artifacts, _stores.Tables, _stores.Log, _orchestrations, notifier, _stores.Clock, host, host), new OrchestrationCatalog(), NullLogger.Instance);
    }

    private ApiServices Api => _lifecycle.Services;

    public async Task InitializeAsync() =>
        Assert.True((await Api.Registry.PutModel(Some.Model, await Api.Content.PutBytes(Encoding.UTF8.GetBytes(Some.Spec)), "test")).Succeeded);

    public Task DisposeAsync()
    {
        _stores.Dispose();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_becomes_a_dataset_and_a_wanted_run()
    {
        Assert.Null(await Accept("rows.csv", Some.Rows()));

        var dataset = Assert.Single(await Api.Datasets.List(Some.Model));
        Assert.Equal(("rows.csv", DatasetOrigin.Inbox), (dataset.Name, dataset.Origin));
        var wanted = Assert.Single((await Api.Runs.Status(Some.Model)).Pending);
        Assert.Equal((RunTriggerKind.Inbox, dataset.Id), (wanted.Kind, wanted.Dataset!.Value));
        Assert.NotEmpty(_orchestrations.Started);
    }

    [Fact]
    public async Task The_same_file_again_is_the_same_dataset_and_the_same_wanted_run()
    {
        Assert.Null(await Accept("rows.csv", Some.Rows()));
        Assert.Null(await Accept("rows.csv", Some.Rows()));

        Assert.Single(await Api.Datasets.List(Some.Model));
        Assert.Single((await Api.Runs.Status(Some.Model)).Pending);
    }

    [Fact]
    public async Task The_last_of_a_burst_of_files_is_what_the_next_run_trains_on()
    {
        for (var i = 0; i < 25; i++) Assert.Null(await Accept($"rows-{i}.csv", Some.Rows(400 + i)));

        var wanted = Assert.Single((await Api.Runs.Status(Some.Model)).Pending);
        Assert.Equal("rows-24.csv", (await Api.Datasets.Find(Some.Model, wanted.Dataset!.Value))!.Name);
    }

    [Fact]
    public async Task A_file_whose_run_cannot_be_asked_for_now_is_not_refused_but_tried_again()
    {
        var spec = (await _lifecycle.Specs.Find(Some.Model)).Value;
        Assert.True((await Api.Datasets.Add(Some.Model, spec, new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())), "posted.csv", DatasetOrigin.Upload)).Succeeded);
        for (var i = 0; i < 20; i++) Assert.True((await Ask($"k{i}")).Succeeded);

        var fault = await Assert.ThrowsAsync<IOException>(() => Accept("third.csv", Some.Rows(402)));
        Assert.Contains("'third.csv' cannot be taken for model 'churn' now", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.txt", "x", ".csv, .jsonl and .parquet")]
    [InlineData("a\nb.csv", "x", "U+000A")]
    [InlineData("rows.csv", "", "empty")]
    [InlineData("rows.csv", "age,plan\n1,pro\n", "churned")]
    public async Task A_file_that_cannot_be_used_is_refused_by_its_reason(string name, string text, string reason)
    {
        Assert.Contains(reason, await Accept(name, text), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await Api.Datasets.List(Some.Model));
        Assert.Empty((await Api.Runs.Status(Some.Model)).Pending);
    }

    [Fact]
    public async Task A_file_for_no_model_is_not_read()
    {
        var file = new Endless();
        Assert.Contains("There is no model 'nobody'", await new InboxIntake(_lifecycle).Accept("nobody", "rows.csv", file, CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal(0, file.BytesRead);
    }

    [Fact]
    public async Task A_file_that_says_it_is_too_large_is_refused_before_it_is_read()
    {
        using var file = new MemoryStream(new byte[MaxBytes + 1]);
        var reason = await new InboxIntake(_lifecycle, MaxBytes).Accept(Some.Model, "large.csv", file, CancellationToken.None);
        Assert.Equal("'large.csv' has 65537 bytes; the inbox takes files of 65536 bytes at most. Compress it (.gz, .parquet) or leave rows or columns out.", reason);
        Assert.Equal(0, file.Position);
    }

    [Fact]
    public async Task A_file_that_does_not_say_how_large_it_is_is_given_up_at_the_bound()
    {
        var file = new Endless();
        var reason = await new InboxIntake(_lifecycle, MaxBytes).Accept(Some.Model, "endless.csv", file, CancellationToken.None);
        Assert.Contains("more than 65536 bytes", reason, StringComparison.Ordinal);
        // One buffer of whoever reads it may be under way.
        Assert.InRange(file.BytesRead, MaxBytes, MaxBytes + 1024 * 1024);
        Assert.Empty(await Api.Datasets.List(Some.Model));
    }

    [Fact]
    public async Task A_file_of_just_the_bound_is_taken()
    {
        var rows = Encoding.UTF8.GetBytes(Some.Rows());
        Assert.Null(await new InboxIntake(_lifecycle, rows.Length).Accept(Some.Model, "rows.csv", new MemoryStream(rows), CancellationToken.None));
    }

    private Task<Outcome<RunTrigger>> Ask(string key) =>
        Api.Runs.Request(Some.Model, new RunTrigger(RunTriggerKind.Request, "A test wants it.", "ann", _stores.Clock.GetUtcNow(), null, key));

    private Task<string?> Accept(string name, string text) =>
        new InboxIntake(_lifecycle, MaxBytes).Accept(Some.Model, name, new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None);

    private sealed class Quiet : IHostStatus, IMaintenance
    {
        public string? StandsStill => null;

        public Task<bool> IsBusy(CancellationToken cancellationToken) => Task.FromResult(false);

        public string? FileOf(ContentHash content) => null;

        public Task<Outcome<CollectionReport>> Collect(CollectionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Outcome<IBackup>> BeginBackup(CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>Bytes without end, of no told length.</summary>
    private sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public long BytesRead { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            BytesRead += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
