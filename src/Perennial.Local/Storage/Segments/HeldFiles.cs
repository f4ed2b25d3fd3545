using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>Whole files as lists of what is held.</summary>
internal static class HeldFiles
{
    /// <summary>The files right in a folder that are finished, at their present lengths.</summary>
    public static IEnumerable<HeldFile> Finished(this IDisk disk, string folder)
    {
        foreach (var name in disk.Files(folder).Where(name => !name.EndsWith(DiskExtensions.UnfinishedEnding, StringComparison.Ordinal)))
        {
            var path = Path.Combine(folder, name);
            using var file = disk.OpenForReading(path);
            if (file is not null) yield return new HeldFile(path, file.Length);
        }
    }
}
