namespace Perennial.Cli.Commands;

/// <summary>
/// Lets the options that most commands share stand before the command too: <c>perennial --url X status</c> is <c>perennial status --url X</c>.
/// Commands that do not have them go on refusing them, and no help lists them where they mean nothing.
/// </summary>
public static class LeadingOptions
{
    private static readonly string[] WithValue = [CommonOptions.Url.Name, CommonOptions.Model.Name, .. CommonOptions.Model.Aliases];

    /// <summary>The arguments with such options put behind the command.</summary>
    public static string[] Arrange(string[] arguments)
    {
        List<string> before = [], moved = [];
        for (var at = 0; at < arguments.Length; at++)
        {
            var argument = arguments[at];
            if (!argument.StartsWith('-')) return [.. before, argument, .. moved, .. arguments[(at + 1)..]];
            if (WithValue.Contains(argument) && at + 1 < arguments.Length) moved.AddRange([argument, arguments[++at]]);
            else (WithValue.Contains(argument.Split('=', ':')[0]) ? moved : before).Add(argument);
        }
        return arguments;
    }
}
