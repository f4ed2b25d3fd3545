namespace Perennial.Core.Pipelines.Spec;

/// <summary>JSON paths as messages show them.</summary>
internal static class SpecPath
{
    /// <summary>The path of a key: <c>$.data.time</c>, or <c>$.types['Cost Other']</c> where the name is no plain word.</summary>
    public static string Child(string path, string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '$') ? $"{path}.{name}" : $"{path}['{name}']";
}
