using System.Text.RegularExpressions;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>The list of syncs is whole: every call in the sources names its place, and every place has one call.</summary>
public sealed partial class SyncPointTests
{
    private static readonly IReadOnlyList<(string File, string Text)> Sources = Read();

    [Fact]
    public void Every_place_is_named_by_exactly_one_call()
    {
        var named = Sources.SelectMany(source => Calls().Matches(source.Text)).Select(call => call.Groups["point"].Value).Order(StringComparer.Ordinal);
        Assert.Equal(Enum.GetNames<SyncPoint>().Order(StringComparer.Ordinal), named);
    }

    [Fact]
    public void Nothing_is_synced_past_the_disk()
    {
        var past = Sources.Where(source => !source.File.EndsWith("SystemDisk.cs", StringComparison.Ordinal) && !source.File.EndsWith("PosixSync.cs", StringComparison.Ordinal))
            .SelectMany(source => Others().Matches(source.Text).Select(call => $"{source.File}: {call.Value}"));
        Assert.Empty(past);
    }

    // The declarations in IDisk and SystemDisk name a parameter, which is no place.
    [GeneratedRegex(@"\.Sync(Folder)?\((?:[^;]*?,\s*)?SyncPoint\.(?<point>\w+)\)")]
    private static partial Regex Calls();

    // A sync without a place, or one that goes to the system by itself.
    [GeneratedRegex(@"\.Sync(Folder)?\((?![^;]*SyncPoint\.\w+\))[^;]*;|PosixSync|FlushToDisk|Flush\(\s*(flushToDisk:\s*)?true|WriteThrough")]
    private static partial Regex Others();

    private static List<(string File, string Text)> Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Functions.sln"))) root = root.Parent;
        var sources = new DirectoryInfo(Path.Combine(root.FullName, "src", "Perennial.Local")).EnumerateFiles("*.cs", SearchOption.AllDirectories);
        return [.. sources.Where(file => !file.FullName.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (file.Name, File.ReadAllText(file.FullName)))];
    }
}
