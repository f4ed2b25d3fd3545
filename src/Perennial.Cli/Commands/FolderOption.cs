using System.CommandLine;

namespace Perennial.Cli.Commands;

/// <summary>The host's folder on the command line.</summary>
public static class FolderOption
{
    /// <summary><c>--data</c>; <c>.perennial</c> by default.</summary>
    public static Option<DirectoryInfo> Make() => new("--data") { Description = "The host's folder", DefaultValueFactory = _ => new DirectoryInfo(".perennial") };

    /// <summary>The folder's path, absolute. It need not be there.</summary>
    /// <exception cref="UsageException">A file has that name.</exception>
    public static string Folder(this ParseResult parsed, Option<DirectoryInfo> option)
    {
        var path = parsed.GetRequiredValue(option).FullName;
        return File.Exists(path) ? throw new UsageException($"'{path}' is a file. Choose a folder with --data.") : path;
    }
}
