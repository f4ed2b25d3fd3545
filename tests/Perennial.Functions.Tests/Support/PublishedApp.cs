using System.Diagnostics;
using Perennial.Api.Tests.Support;

namespace Perennial.Functions.Tests.Support;

/// <summary>The app as a deployment would carry it, in a folder of its own.</summary>
internal sealed class PublishedApp : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    // Publishing writes into the project's own folder of intermediate files too.
    private static readonly Lock OneAtATime = new();

    public PublishedApp()
    {
        lock (OneAtATime) Publish();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("perennial-publish-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Publish()
    {
        string[] arguments = ["publish", "src/Perennial.Functions", "--no-build", "--no-restore", "-c", Configuration, "-o", Folder, "-v", "q"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
