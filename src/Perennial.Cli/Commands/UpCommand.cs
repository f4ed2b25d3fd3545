using System.CommandLine;
using Perennial.Cli.Hosting;
using Spectre.Console;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial up</c>: the local host.</summary>
public static class UpCommand
{
    private static readonly Option<DirectoryInfo> Data = FolderOption.Make();
    private static readonly Option<int> Port = WholeNumber.Option("--port", "The port on 127.0.0.1; 0 takes a free one", CommonOptions.DefaultPort);

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var command = new Command("up", "Start the local host on 127.0.0.1 and serve until stopped (Ctrl+C)") { Data, Port };
        command.SetAction((parsed, ct) => CommandRunner.Guard(parsed, async terminal =>
        {
            LocalHost host;
            try
            {
                host = await LocalHost.Start(new LocalHostOptions(parsed.Folder(Data), parsed.GetValue(Port).Checked(), TimeProvider.System), ct);
            }
            catch (HostStartException exception)
            {
                terminal.Error("host-not-started", exception.Message);
                return exception.ExitCode;
            }
            await using (host)
            {
                terminal.Show(new { url = host.Address, data = host.Folder, pid = Environment.ProcessId }, up =>
                {
                    terminal.Line($"Perennial serves [bold]{Markup.Escape(up.data)}[/] at [link]{up.url}[/]");
                    terminal.Text($"  {up.url}openapi/v1.json lists the routes. Ctrl+C stops; nothing acknowledged is lost.");
                });
                await host.WaitForShutdown(ct);
            }
            return ExitCodes.Ok;
        }));
        return command;
    }
}
