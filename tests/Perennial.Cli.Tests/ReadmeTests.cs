using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>The README says what is true of this clone.</summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void The_two_commands_stand_there_word_for_word() =>
        Assert.Contains("    dotnet run -c Release --project src/Perennial.Cli -- demo\n    dotnet test Local.slnf\n", Readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Fact]
    public async Task Every_command_in_it_is_a_command()
    {
        var commands = Regex.Matches(Readme, @"(?m)^    perennial ([a-z]+)").Select(m => m.Groups[1].Value).Distinct().ToArray();

        Assert.True(commands.Length >= 4, string.Join(", ", commands));
        foreach (var command in commands)
        {
            var (exit, output, _) = await PerennialProcess.Run(command, "--help");
            Assert.Equal(ExitCodes.Ok, exit);
            Assert.Contains($"perennial {command}", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_folder_of_the_architecture_table_exists()
    {
        var rows = Regex.Matches(Readme, @"(?m)^\| (`[^|]+) \|").SelectMany(m => Regex.Matches(m.Groups[1].Value, "`([^`]+)`")).Select(m => m.Groups[1].Value).ToArray();

        Assert.True(rows.Length >= 6, string.Join(", ", rows));
        Assert.All(rows, folder => Assert.True(Directory.Exists(Path.Combine(Repository.Root, folder)), folder));
    }

    [Fact]
    public void The_architecture_table_names_every_folder_of_the_numeric_core()
    {
        var row = Regex.Match(Readme, @"(?m)^\| `src/Perennial\.Learning` \|.*$").Value;
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src", "Perennial.Learning")).Select(folder => Path.GetFileName(folder)).Except(["bin", "obj"]);

        Assert.All(folders, folder => Assert.Contains($"`{folder}`", row, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_linked_file_exists()
    {
        var links = Regex.Matches(Readme, @"\]\(([^)#:]+)\)").Select(m => m.Groups[1].Value).ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
    }
}
