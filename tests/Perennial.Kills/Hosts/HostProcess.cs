using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Perennial.Cli.Client;

namespace Perennial.Kills.Hosts;

/// <summary><c>perennial up</c> as a process of its own: the built executable, on a folder and a free port.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "perennial.dll");
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly TaskCompletionSource<Uri?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _output = new();

    private HostProcess(Process process) => _process = process;

    /// <summary>Its address once it has told it; null when it ended before.</summary>
    public Task<Uri?> Ready => _ready.Task;

    /// <summary>How long it took to tell its address.</summary>
    public TimeSpan StartTime { get; private set; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>How it ended and what it complained of.</summary>
    public string Ending => (_process.HasExited ? $"It ended with {_process.ExitCode}. " : "It still runs. ") + Errors;

    public string Errors
    {
        get { lock (_errors) return _errors.ToString(); }
    }

    /// <summary>Starts it; <paramref name="under"/> is a program (with its arguments) that starts it in turn, such as setpriv.</summary>
    public static HostProcess Start(string folder, params string[] under)
    {
        string[] command = [.. under, "dotnet", Executable, "up", "--data", folder, "--port", "0", "--json"];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // A host that lives for a second gains nothing from code that is measured first and compiled again.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var argument in command.AsSpan(1)) start.ArgumentList.Add(argument);
        var host = new HostProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        host._process.Exited += (_, _) => host._ready.TrySetResult(null);
        host._process.OutputDataReceived += (_, line) => host.Told(line.Data);
        host._process.ErrorDataReceived += (_, line) => host.Complained(line.Data);
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>A client once it listens; null when it ended instead, or took longer than anybody would wait.</summary>
    public async Task<PerennialClient?> Client(TimeSpan atMost)
    {
        try
        {
            return await Ready.WaitAsync(atMost) is { } address ? new PerennialClient(address) : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is told.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Told(string? line)
    {
        if (line is null || _ready.Task.IsCompleted) return;
        _output.AppendLine(line);
        if (line != "}") return;
        StartTime = _sinceStart.Elapsed;
        using var told = JsonDocument.Parse(_output.ToString());
        _ready.TrySetResult(new Uri(told.RootElement.GetProperty("url").GetString()!));
    }

    private void Complained(string? line)
    {
        if (line is null) return;
        lock (_errors) _errors.AppendLine(line);
    }
}
