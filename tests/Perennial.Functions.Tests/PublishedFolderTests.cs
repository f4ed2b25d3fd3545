using System.Diagnostics;
using Perennial.Api.Tests.Support;

namespace Perennial.Functions.Tests;

/// <summary>What a deployment would carry.</summary>
public sealed class PublishedFolderTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    [Fact]
    public void The_published_folder_has_the_app_with_its_native_code_and_host_json_and_no_settings()
    {
        var folder = Directory.CreateTempSubdirectory("perennial-publish-").FullName;
        try
        {
            Publish(folder);
            Assert.True(File.Exists(Path.Combine(folder, "Perennial.Functions.dll")));
            // Flex Consumption runs Linux on x64.
            foreach (var library in new[] { "libonnxruntime.so", "lib_lightgbm.so", "libFastTreeNative.so" })
                Assert.True(File.Exists(Path.Combine(folder, "runtimes", "linux-x64", "native", library)), $"{library} is missing.");
            Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "host.json")), File.ReadAllText(Path.Combine(folder, "host.json")));
            Assert.Empty(Directory.EnumerateFiles(folder, "*settings*.json", SearchOption.AllDirectories));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Publish(string folder)
    {
        string[] arguments = ["publish", "src/Perennial.Functions", "--no-build", "--no-restore", "-c", Configuration, "-o", folder, "-v", "q"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
