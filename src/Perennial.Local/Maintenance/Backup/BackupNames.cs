using System.Buffers;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Maintenance.Backup;

/// <summary>Which names a backup may hold: those of the host's own files, so that no archive reaches outside the folder it is restored to.</summary>
internal static class BackupNames
{
    public const string Format = "format.json";
    public const string Clock = "clock";
    public const string Artifacts = "artifacts";
    public const string Tables = "tables";
    public const string Orchestrations = "orchestrations";
    public const string Predictions = "predictions";
    public const string Blobs = "blobs";

    private const int MaxPart = 255;
    private const int MaxDepth = 3;

    // Everything that the stores make file names of; no capitals, so that names differ also where case is ignored.
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.!^%~");

    public static bool IsAllowed(string name)
    {
        if (name is Format or Clock) return true;
        var parts = name.Split('/');
        return parts[0] is Artifacts or Tables or Orchestrations or Predictions or Blobs
            && parts.Length is > 1 and <= MaxDepth
            && parts.All(IsPart);
    }

    /// <summary>The name of a file under the folder.</summary>
    public static string Of(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');

    /// <summary>The hash that an artifact's name says; null where the name is none of an artifact.</summary>
    public static ContentHash? Artifact(string name)
    {
        var parts = name.Split('/');
        return parts is [Artifacts, var prefix, var rest] && ContentHash.TryParse(prefix + rest, out var hash) ? hash : null;
    }

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= MaxPart && part is not ("." or "..")
        && !part.EndsWith(DiskExtensions.UnfinishedEnding, StringComparison.Ordinal) && !part.AsSpan().ContainsAnyExcept(Characters);
}
