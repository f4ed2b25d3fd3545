namespace Perennial.Learning.Tests;

/// <summary>The pages in <c>docs/</c>, for tests that hold them to the code.</summary>
internal static class Documents
{
    /// <summary>The text of a page.</summary>
    public static string Read(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Local.slnf"))) folder = Path.GetDirectoryName(folder)!;
        return File.ReadAllText(Path.Combine(folder, "docs", name));
    }
}
