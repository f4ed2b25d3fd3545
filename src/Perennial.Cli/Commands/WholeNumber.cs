using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Perennial.Cli.Commands;

/// <summary>Whole numbers on the command line, with a message that names the option and not a type of the language that this is written in.</summary>
internal static class WholeNumber
{
    /// <summary>An option whose value is one.</summary>
    public static Option<int> Option(string name, string description, int otherwise) => new(name) { Description = description, CustomParser = Read, DefaultValueFactory = _ => otherwise };

    /// <summary>An option whose value is one, and which may be left out.</summary>
    public static Option<int?> Optional(string name, string description, string value) => new(name) { Description = description, HelpName = value, CustomParser = result => Read(result) };

    /// <summary>An argument that is one.</summary>
    public static Argument<int> Argument(string name, string description) => new(name) { Description = description, CustomParser = Read };

    private static int Read(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        var name = result.Parent is OptionResult option ? option.Option.Name : $"<{result.Argument.Name}>";
        result.AddError($"{name} is a whole number, not '{text}'.");
        return 0;
    }
}
