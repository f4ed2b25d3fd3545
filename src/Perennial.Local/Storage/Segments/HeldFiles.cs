using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>Whole files as lists of what is held.</summary>
internal static class HeldFiles
{
    /// <summary>The paths of the files right in a folder that are finished.</summary>
    public static IEnumerable<string> Finished(this IDisk disk, string folder) =>
        disk.Files(folder).Where(name => !name.EndsWith(DiskExtensions.UnfinishedEnding, StringComparison.Ordinal)).Select(name => Path.Combine(folder, name));

    /// <summary>The finished files right in a folder that nobody changes, at their lengths.</summary>
    public static IEnumerable<HeldFile> Still(this IDisk disk, string folder)
    {
        foreach (var path in disk.Finished(folder))
        {
            using var file = disk.OpenForReading(path);
            if (file is not null) yield return new HeldFile(path, file.Length);
        }
    }
}
