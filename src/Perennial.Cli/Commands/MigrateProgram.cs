namespace Perennial.Cli.Commands;

/// <summary>Where the program <c>perennial-migrate</c> is.</summary>
public static class MigrateProgram
{
    /// <summary>The folder beside this program that it is looked for in first: its libraries are not this one's.</summary>
    public const string Folder = "migrate";
    private const string Name = "perennial-migrate";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The program's path; null where it is neither beside this program nor in a folder of the search path.</summary>
    /// <param name="beside">This program's folder.</param>
    /// <param name="path">The search path: folders as <c>PATH</c> names them.</param>
    public static string? Find(string beside, string? path)
    {
        var name = OperatingSystem.IsWindows() ? $"{Name}.exe" : Name;
        string[] folders = [Path.Combine(beside, Folder), beside, .. (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsProgram);
    }

    /// <summary>What to do where there is none.</summary>
    /// <param name="beside">This program's folder.</param>
    public static string HowToGet(string beside) =>
        $"'perennial migrate' needs the program '{Name}', which is neither beside this one nor on the PATH. In a clone of Perennial run "
        + $"'dotnet publish src/Perennial.Migrate -c Release -o \"{Path.Combine(beside, Folder)}\"', and start this again.";

    private static bool IsProgram(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Executable) != 0);
}
