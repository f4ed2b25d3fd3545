using System.CommandLine;
using System.CommandLine.Parsing;
using Perennial.Cli.Client;
using Perennial.Cli.Output;

namespace Perennial.Cli.Commands;

/// <summary>The options that most commands share.</summary>
public static class CommonOptions
{
    /// <summary>Where the local host listens unless told otherwise.</summary>
    public const int DefaultPort = 5230;

    /// <summary>The host's address; <see cref="CommandRunner.Calls"/> gives it to the commands that talk to one.</summary>
    public static readonly Option<Uri> Url = new("--url")
    {
        Description = "The host's address [env PERENNIAL_URL]; the key of an app on Azure is taken from PERENNIAL_KEY",
        CustomParser = result => ReadUrl(result, result.Tokens[^1].Value),
        DefaultValueFactory = result => ReadUrl(result, Environment.GetEnvironmentVariable("PERENNIAL_URL") ?? $"http://127.0.0.1:{DefaultPort}"),
    };

    /// <summary>Whether output is for machines.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON for machines", Recursive = true };

    /// <summary>The model; the one of ./perennial.json by default.</summary>
    public static readonly Option<string?> Model = new("--model", "-m") { Description = "The model [default: the one of ./perennial.json]" };

    private static Uri ReadUrl(ArgumentResult result, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        result.AddError($"'{text}' is no host's address. It looks like http://127.0.0.1:{DefaultPort}.");
        return new Uri("http://127.0.0.1");
    }

    /// <summary>A port as the host can take it.</summary>
    /// <exception cref="UsageException">It is not one.</exception>
    public static int Checked(this int port) =>
        port is >= 0 and <= 65535 ? port : throw new UsageException($"There is no port {port}. Ports go from 1 to 65535; 0 takes a free one.");

    /// <summary>A client of the host that the command line names, with the key of the environment.</summary>
    /// <exception cref="UsageException">The key is none, or could be read on the way.</exception>
    public static PerennialClient Client(this ParseResult parsed) =>
        new(parsed.GetRequiredValue(Url), FunctionKey.Read(Environment.GetEnvironmentVariable(FunctionKey.Variable)));

    /// <summary>Where the command writes.</summary>
    public static Terminal Terminal(this ParseResult parsed) => Output.Terminal.ForProcess(parsed.GetValue(Json));

    /// <summary>The model that the command line or the spec in this folder names.</summary>
    /// <exception cref="UsageException">Neither does.</exception>
    public static string ModelName(this ParseResult parsed)
    {
        if (parsed.GetValue(Model) is { } named) return Uri.EscapeDataString(named);
        if (!SpecHere.Exists) throw new UsageException("Which model? Give --model, or go to the folder that holds its perennial.json.");
        return Uri.EscapeDataString(SpecHere.Model() ?? throw new UsageException("perennial.json names no model. Give --model."));
    }
}

/// <summary>The command line does not say enough, or something that cannot be.</summary>
public sealed class UsageException(string message) : Exception(message);
