using System.Text;
using System.Text.Json;
using Perennial.Core;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Folders;

/// <summary>The file that says in which format a folder is.</summary>
/// <param name="Format">The format's number.</param>
internal sealed record FolderFormat(int Format)
{
    public const string Name = "format.json";

    /// <summary>Checks the format of a folder.</summary>
    /// <returns>Whether it says any.</returns>
    /// <exception cref="FolderFormatException">A newer version wrote it, or it is none of ours.</exception>
    public static bool Check(IDisk disk, string folder)
    {
        if (disk.ReadWhole(Path.Combine(folder, Name)) is not { } bytes) return false;
        var format = Parse(bytes)?.Format
            ?? throw new FolderFormatException(folder, $"its {Name} is no format file: {Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(100, bytes.Length)))}");
        if (format > DataFolder.Format)
            throw new FolderFormatException(folder, $"it has format {format}, and this version reads formats up to {DataFolder.Format}. Use the version that wrote it, or a newer one.");
        if (format < 1) throw new FolderFormatException(folder, $"it has format {format}, which never was.");
        return true;
    }

    public static void Write(IDisk disk, string folder) =>
        disk.WriteDurably(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(new FolderFormat(DataFolder.Format), CoreJson.Indented));

    private static FolderFormat? Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<FolderFormat>(bytes, CoreJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
