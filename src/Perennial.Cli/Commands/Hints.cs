using System.CommandLine;

namespace Perennial.Cli.Commands;

/// <summary>Commands as messages advise them: typed as they stand, they mean the model and the host of the command that advises.</summary>
public static class Hints
{
    /// <summary>The command with <c>--model</c> and <c>--url</c>, each where it would mean another one without.</summary>
    public static string Hint(this ParseResult parsed, string command, string model)
    {
        var named = model == SpecHere.Model() ? "" : $" --model {model}";
        var url = parsed.GetResult(CommonOptions.Url) is { Implicit: false } ? $" --url {parsed.GetRequiredValue(CommonOptions.Url)}" : "";
        return $"perennial {command}{named}{url}";
    }
}
