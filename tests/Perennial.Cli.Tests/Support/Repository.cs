namespace Perennial.Cli.Tests.Support;

/// <summary>The clone that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static string Sample(string file) => Path.Combine(Root, "samples", "bird-strikes", file);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
