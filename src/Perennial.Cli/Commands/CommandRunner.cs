using System.CommandLine;
using System.Text.Json;
using Perennial.Cli.Client;
using Perennial.Cli.Output;

namespace Perennial.Cli.Commands;

/// <summary>Runs a command's body and turns what it throws into a message and an exit code.</summary>
public static class CommandRunner
{
    /// <summary>Sets a body that talks to a host.</summary>
    public static Command Calls(this Command command, Func<ParseResult, PerennialClient, Terminal, CancellationToken, Task<int>> body)
    {
        command.SetAction((parsed, ct) => Guard(parsed, async terminal =>
        {
            using var client = parsed.Client();
            return await body(parsed, client, terminal, ct);
        }));
        return command;
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");

    /// <summary>Runs a body and maps what it throws.</summary>
    public static async Task<int> Guard(ParseResult parsed, Func<Terminal, Task<int>> body)
    {
        var terminal = parsed.Terminal();
        try
        {
            return await body(terminal);
        }
        catch (ApiProblemException problem)
        {
            terminal.Problem(problem.Problem);
            return problem.ExitCode;
        }
        catch (UsageException usage)
        {
            terminal.Error("usage", usage.Message);
            return ExitCodes.Usage;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            terminal.Error("unreachable", $"No host answers at {parsed.GetRequiredValue(CommonOptions.Url)}. Start one with 'perennial up', or name another with --url.");
            return ExitCodes.Unreachable;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            terminal.Error("file", exception.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            terminal.Error("cancelled", "Stopped.");
            return ExitCodes.Fault;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            terminal.Error("broken-off", $"The talk with {parsed.GetValue(CommonOptions.Url)} or a file broke off: {OneLine(exception)}");
            return ExitCodes.Fault;
        }
        catch (JsonException exception)
        {
            terminal.Error("not-perennial", $"What answers at {parsed.GetValue(CommonOptions.Url)} does not speak as this version of Perennial does: {OneLine(exception)}");
            return ExitCodes.Fault;
        }
        catch (Exception exception)
        {
            // A fault of the program: a line that can be searched for, no stack trace.
            terminal.Error("fault", $"This should not happen: {exception.GetType().Name}: {OneLine(exception)}");
            return ExitCodes.Fault;
        }
    }
}
