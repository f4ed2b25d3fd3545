namespace Perennial.Core.Tests.Spec;

/// <summary>The folder with <c>Local.slnf</c>, above the test's own.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Local.slnf")) ? folder : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No repository above the tests."));
}
