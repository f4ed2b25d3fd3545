using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>The list of planted faults names tests; a test that is renamed or removed must not stay in it.</summary>
public sealed partial class PlantedFaultsTests
{
    [Fact]
    public async Task Every_planted_fault_names_a_test_that_is_there()
    {
        var named = TestName().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "planted-faults.md"))).Select(m => m.Groups[1].Value).ToArray();
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var code = string.Join('\n', sources.Select(File.ReadAllText));

        Assert.True(named.Length >= 20, $"{named.Length} faults");
        Assert.All(named, name => Assert.Matches($@"\b{name}\(", code));
    }

    [GeneratedRegex(@"\| `(\w+)` \|")]
    private static partial Regex TestName();
}
