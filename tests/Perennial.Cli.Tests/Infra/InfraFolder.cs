using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>What deploys the Azure host, as text.</summary>
internal static partial class InfraFolder
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "infra");

    public static string Workflow { get; } = Text(".github", "workflows", "deploy.yml");

    public static string Docs { get; } = Text("docs", "azure.md");

    /// <summary>The Bicep files' paths below <see cref="Path"/>.</summary>
    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Path, "*.bicep", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file)).Order(StringComparer.Ordinal);

    /// <summary>The environment variables that azd puts into the parameters, with the parameter each goes to.</summary>
    public static Dictionary<string, string> Variables { get; } =
        Given().Matches(Text("infra", "main.parameters.json")).ToDictionary(match => match.Groups["variable"].Value, match => match.Groups["parameter"].Value);

    public static string Text(params string[] path) => File.ReadAllText(System.IO.Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"""(?<parameter>\w+)"": \{ ""value"": ""\$\{(?<variable>\w+)(=[^}]*)?\}"" \}")]
    private static partial Regex Given();
}
