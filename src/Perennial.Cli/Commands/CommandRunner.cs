using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Perennial.Api.Problems;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Cli.Commands;

/// <summary>Runs a command's body and turns what it throws into a message and an exit code.</summary>
public static class CommandRunner
{
    /// <summary>Sets a body that talks to a host.</summary>
    public static Command Calls(this Command command, Func<ParseResult, PerennialClient, Terminal, CancellationToken, Task<int>> body)
    {
        command.Add(CommonOptions.Url);
        command.SetAction((parsed, ct) => Guard(parsed, async terminal =>
        {
            using var client = parsed.Client();
            return await body(parsed, client, terminal, ct);
        }, parsed.GetRequiredValue(CommonOptions.Url)));
        return command;
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ");

    // The host speaks of its routes; whoever is at a command line has commands.
    private static ProblemBody InCommands(ParseResult parsed, ProblemBody problem)
    {
        if (problem.Code != "model-unknown" || problem.Detail.IndexOf("'.", StringComparison.Ordinal) is not (>= 0 and var end)) return problem;
        var named = parsed.GetValue(CommonOptions.Model);
        var advice = named is null || named == SpecHere.Model()
            ? "'perennial run data.csv' makes the one that ./perennial.json describes; 'perennial init data.csv' writes that file."
            : $"'perennial init data.csv --model {named}' writes a spec for it, from which 'perennial run data.csv' makes it.";
        return problem with { Detail = $"{problem.Detail[..(end + 2)]} {advice}" };
    }

    private static bool IsOfTheNetwork(Exception exception) =>
        exception is HttpRequestException or HttpIOException or IOException { InnerException: SocketException or HttpIOException };

    /// <summary>Runs a body and maps what it throws.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="body">The body.</param>
    /// <param name="host">The host that it talks to; null for a command that talks to none.</param>
    public static async Task<int> Guard(ParseResult parsed, Func<Terminal, Task<int>> body, Uri? host = null)
    {
        var terminal = parsed.Terminal();
        try
        {
            return await body(terminal);
        }
        catch (ApiProblemException problem)
        {
            terminal.Problem(InCommands(parsed, problem.Problem));
            return problem.ExitCode;
        }
        catch (UsageException usage)
        {
            terminal.Error("usage", usage.Message);
            return ExitCodes.Usage;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            terminal.Error("unreachable", $"No host answers at {host}. Start one with 'perennial up', or name another with --url.");
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
        catch (StoreDamagedException damage)
        {
            terminal.Error(Failure.StoreDamaged, damage.Message);
            return ExitCodes.Damaged;
        }
        catch (Exception exception) when (IsOfTheNetwork(exception))
        {
            terminal.Error("broken-off", $"The talk with {(host is null ? "the host" : host)} broke off: {OneLine(exception)}");
            return ExitCodes.Fault;
        }
        catch (IOException exception)
        {
            terminal.Error("file", OneLine(exception));
            return ExitCodes.Fault;
        }
        catch (JsonException exception) when (host is not null)
        {
            terminal.Error("not-perennial", $"What answers at {host} does not speak as this version of Perennial does: {OneLine(exception)}");
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
