using System.Diagnostics;
using Perennial.Local.Inbox;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Inbox;

public sealed class FolderWatchTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _accepted = [];
    private readonly List<string> _failed = [];
    private readonly MovableClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly FolderWatch _watch;
    private Func<string, string?> _answer = _ => null;

    public FolderWatchTests() => _watch = new FolderWatch(_folder.Path, Accept, (path, _) => _failed.Add(path), _clock);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _watch.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_handed_over_once_it_is_stable_and_moves_to_done()
    {
        Put("bird-strike/a.csv", "x\n1\n");
        await _watch.Scan();
        Assert.Empty(_accepted);
        await _watch.Scan();
        Assert.Equal(["bird-strike a.csv x\n1\n"], _accepted);
        Assert.Equal("x\n1\n", Read("bird-strike/done/a.csv"));
        Assert.False(File.Exists(_folder.Combine("bird-strike/a.csv")));
        await _watch.Scan();
        await _watch.Scan();
        Assert.Single(_accepted);
    }

    [Theory]
    [InlineData("a.jsonl", true)]
    [InlineData("a.parquet", true)]
    [InlineData("a.CSV.gz", true)]
    [InlineData("a.gz", false)]
    [InlineData("a.txt", false)]
    public async Task Names_of_rows_are_taken_and_others_rejected(string name, bool taken)
    {
        Put($"m/{name}", "x");
        await _watch.Scan();
        await _watch.Scan();
        Assert.Equal(taken ? [$"m {name} x"] : [], _accepted);
        Assert.True(File.Exists(_folder.Combine(taken ? $"m/done/{name}" : $"m/rejected/{name}")));
    }

    [Fact]
    public async Task A_file_that_grows_is_waited_for()
    {
        Put("m/a.csv", "x\n");
        await _watch.Scan();
        Put("m/a.csv", "x\n1\n");
        await _watch.Scan();
        Assert.Empty(_accepted);
        await _watch.Scan();
        Assert.Single(_accepted);
    }

    [Fact]
    public async Task A_name_that_is_no_UTF_8_is_told_once_and_keeps_no_other_file_from_being_taken()
    {
        // Other systems have no such names.
        if (!OperatingSystem.IsLinux()) return;
        Put("m/b.csv", "x\n");
        await Shell("printf x > \"$(printf 'm/a\\377.csv')\"");

        await ScanTwice();
        await _watch.Scan();

        Assert.Equal(["m b.csv x\n"], _accepted);
        Assert.Single(_failed);
        // No call of .NET could delete it.
        await Shell("rm -r m");
    }

    [Fact]
    public async Task A_pipe_is_not_opened_and_an_empty_file_not_read()
    {
        if (OperatingSystem.IsWindows()) return;
        Put("m/c.csv", "");
        await Shell("mkfifo m/a.csv");

        await ScanTwice();

        Assert.Empty(_accepted);
        Assert.Equal("'a.csv' is empty, or no file.\n", Read("m/rejected/a.csv.reason.txt"));
        Assert.True(File.Exists(_folder.Combine("m/rejected/c.csv")));
    }

    [Fact]
    public async Task A_rejected_file_has_its_reason_beside()
    {
        _answer = _ => "Line 2: the label is missing.";
        Put("m/a.csv", "x\n");
        Put("m/b.xlsx", "PK");
        await ScanTwice();
        Assert.Equal("x\n", Read("m/rejected/a.csv"));
        Assert.Equal("Line 2: the label is missing.\n", Read("m/rejected/a.csv.reason.txt"));
        Assert.Contains("b.xlsx", Read("m/rejected/b.xlsx.reason.txt"), StringComparison.Ordinal);
        Assert.Single(_accepted);
    }

    [Fact]
    public async Task A_second_file_of_the_same_name_replaces_nothing()
    {
        Put("m/a.csv", "one");
        await ScanTwice();
        Put("m/a.csv", "two!");
        await ScanTwice();
        Assert.Equal("one", Read("m/done/a.csv"));
        Assert.Equal("two!", Read("m/done/a.2.csv"));
    }

    [Fact]
    public async Task Unfinished_hidden_and_linked_files_and_other_folders_are_left_alone()
    {
        Put("m/a.csv.tmp", "x");
        Put("m/a.csv.part", "x");
        Put("m/.a.csv", "x");
        Put("m/other/a.csv", "x");
        Put(".hidden/a.csv", "x");
        Put("loose.csv", "x");
        File.CreateSymbolicLink(_folder.Combine("m/link.csv"), _folder.Combine("loose.csv"));
        Directory.CreateSymbolicLink(_folder.Combine("linked"), _folder.Combine("m/other"));
        await ScanTwice();
        await _watch.Scan();
        Assert.Empty(_accepted);
        Assert.Empty(_failed);
        Assert.False(Directory.Exists(_folder.Combine("m/done")));
    }

    [Fact]
    public async Task A_hand_over_that_throws_keeps_the_file_and_is_tried_again()
    {
        _answer = _ => throw new InvalidOperationException("Not now.");
        Put("m/a.csv", "x");
        Put("n/b.csv", "x");
        await ScanTwice();
        Assert.Equal(2, _failed.Count);
        Assert.True(File.Exists(_folder.Combine("m/a.csv")));
        _answer = _ => null;
        await _watch.Scan();
        Assert.True(File.Exists(_folder.Combine("m/done/a.csv")));
        Assert.True(File.Exists(_folder.Combine("n/done/b.csv")));
    }

    [Fact]
    public async Task A_crash_before_the_move_hands_the_file_over_again()
    {
        using var stop = new CancellationTokenSource();
        _answer = _ =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        };
        Put("m/a.csv", "x");
        await _watch.Scan();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watch.Scan(stop.Token));
        Assert.True(File.Exists(_folder.Combine("m/a.csv")));
        _answer = _ => null;
        await using var next = new FolderWatch(_folder.Path, Accept, (path, _) => _failed.Add(path), _clock);
        await next.Scan();
        await next.Scan();
        Assert.Equal(2, _accepted.Count);
        Assert.True(File.Exists(_folder.Combine("m/done/a.csv")));
    }

    [Fact]
    public async Task Once_started_it_looks_as_the_clock_moves()
    {
        var handedOver = new TaskCompletionSource();
        _answer = _ =>
        {
            handedOver.TrySetResult();
            return null;
        };
        Put("m/a.csv", "x");
        _watch.Start();
        while (!handedOver.Task.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        await _watch.DisposeAsync();
        Assert.Equal(["m a.csv x"], _accepted);
    }

    private Task<string?> Accept(string model, string path, CancellationToken cancellationToken)
    {
        _accepted.Add($"{model} {Path.GetFileName(path)} {File.ReadAllText(path)}");
        return Task.FromResult(_answer(path));
    }

    private async Task Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder.Path })!;
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    private async Task ScanTwice()
    {
        await _watch.Scan();
        await _watch.Scan();
    }

    private void Put(string name, string content)
    {
        var path = _folder.Combine(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private string Read(string name) => File.ReadAllText(_folder.Combine(name));
}
