using Perennial.Api.Tests.Support;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests;

/// <summary>What a deployment would carry.</summary>
public sealed class PublishedFolderTests
{
    [Fact]
    public void The_published_folder_has_the_app_with_its_native_code_and_host_json_and_no_settings()
    {
        using var app = new PublishedApp();
        Assert.True(File.Exists(Path.Combine(app.Folder, "Perennial.Functions.dll")));
        // Flex Consumption runs Linux on x64.
        foreach (var library in new[] { "libonnxruntime.so", "lib_lightgbm.so", "libFastTreeNative.so" })
            Assert.True(File.Exists(Path.Combine(app.Folder, "runtimes", "linux-x64", "native", library)), $"{library} is missing.");
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "host.json")), File.ReadAllText(Path.Combine(app.Folder, "host.json")));
        Assert.Empty(Directory.EnumerateFiles(app.Folder, "*settings*.json", SearchOption.AllDirectories));
    }
}
