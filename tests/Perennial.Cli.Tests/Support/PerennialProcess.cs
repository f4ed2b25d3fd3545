using System.Diagnostics;
using System.Text;

namespace Perennial.Cli.Tests.Support;

/// <summary>The built executable, run as a user would.</summary>
public sealed class PerennialProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private PerennialProcess(Process process) => _process = process;

    public string Output
    {
        get { lock (_output) return _output.ToString(); }
    }

    public string Errors
    {
        get { lock (_errors) return _errors.ToString(); }
    }

    public static PerennialProcess Start(params string[] arguments) => StartIn([], arguments);

    /// <summary>Starts it with environment variables of its own besides those of the tests.</summary>
    public static PerennialProcess StartIn(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Repository.Root };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "perennial.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var running = new PerennialProcess(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => Append(running._output, line.Data);
        running._process.ErrorDataReceived += (_, line) => Append(running._errors, line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    public static async Task<(int Exit, string Output, string Errors)> Run(params string[] arguments)
    {
        using var running = Start(arguments);
        var exit = await running.Exit();
        return (exit, running.Output, running.Errors);
    }

    /// <summary>Runs it with something on standard input.</summary>
    public static async Task<(int Exit, string Output, string Errors)> Feed(string input, params string[] arguments)
    {
        using var running = Start(arguments);
        await running._process.StandardInput.WriteAsync(input);
        running._process.StandardInput.Close();
        var exit = await running.Exit();
        return (exit, running.Output, running.Errors);
    }

    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>SIGKILL: nothing is flushed, nothing is told.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static void Append(StringBuilder builder, string? line)
    {
        if (line is null) return;
        lock (builder) builder.AppendLine(line);
    }
}
