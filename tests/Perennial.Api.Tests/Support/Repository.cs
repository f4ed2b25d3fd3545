namespace Perennial.Api.Tests.Support;

/// <summary>The clone that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Functions.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
