using Perennial.Cli;
using Perennial.Kills.Checks;

namespace Perennial.Kills.Hosts;

/// <summary>The folder loses its write permission under a host that serves, and before one starts. The host runs without the privilege to write all the same.</summary>
internal sealed class ReadOnlyScenario(string folder, Expectations expect) : IDisposable
{
    private readonly string _data = Path.Combine(folder, "read-only");
    private readonly ServedModel _served = new(Path.Combine(folder, "read-only"), PrivateMounts.WithoutPrivileges);

    /// <summary>Runs it.</summary>
    public async Task Run()
    {
        Console.WriteLine("the folder becomes read-only while the host serves");
        expect.That("the host starts", await _served.Start(), _served.Host.Errors);
        await _served.Train(1);
        Allow(false);
        try
        {
            await Refusals();
            expect.That("predictions are answered", (await _served.Customer.Predict(_served.Client)).Predictions.Count > 0);
            expect.That("the model is read", await ServedModel.ProblemOf(() => _served.Client.GetBytes("/api/models/swift")) is null);
            Allow(true);
            expect.That("an upload is taken again when writing is allowed", await ServedModel.ProblemOf(() => _served.Customer.Upload(_served.Client)) is null);
            await _served.Kill();

            Console.WriteLine("the host starts on a read-only folder");
            Allow(false);
            using var refused = HostProcess.Start(_data, PrivateMounts.WithoutPrivileges);
            var exit = await refused.Exit();
            expect.That("it refuses, names the folder and says what to do", exit == ExitCodes.Refused && IsClear(refused.Errors), $"exit {exit}: {refused.Errors}");
        }
        finally
        {
            Allow(true);
        }
    }

    public void Dispose() => _served.Dispose();

    private async Task Refusals()
    {
        foreach (var (what, request) in new (string, Func<Task>)[] { ("an upload", () => _served.Customer.Upload(_served.Client)), ("a spec", () => _served.Customer.PutSpec(_served.Client)) })
        {
            var problem = await ServedModel.ProblemOf(request);
            expect.That($"{what} is refused with 503, the folder's name and what to do", problem is { Status: 503 } && IsClear(problem.Detail), $"{problem}");
        }
    }

    private bool IsClear(string message) => message.Contains(_data, StringComparison.Ordinal) && message.Contains("make the folder writable", StringComparison.Ordinal);

    private void Allow(bool write)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("Permissions are those of Unix here.");
        foreach (var path in Directory.EnumerateDirectories(_data, "*", SearchOption.AllDirectories).Append(_data))
            File.SetUnixFileMode(path, write ? Mode | UnixFileMode.UserWrite : Mode);
        foreach (var path in Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(path, write ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.UserRead);
    }

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute;
}
