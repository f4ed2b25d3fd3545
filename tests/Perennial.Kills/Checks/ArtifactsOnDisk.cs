using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Perennial.Kills.Checks;

/// <summary>
/// The artifacts of a dead host, read without any code of the product: whatever a table row refers to must be there with the right
/// hash, and what that refers to in turn. What has been verified is read again only when the file is another, or when all is.
/// </summary>
internal sealed partial class ArtifactsOnDisk(string folder)
{
    // Package manifests, provenance and dataset manifests are smaller; what is larger is rows or a graph, and refers to nothing.
    private const int LargestText = 64 * 1024;
    private readonly Dictionary<string, (DateTime At, long Length, string[] Refers)> _verified = new(StringComparer.Ordinal);

    /// <summary>The hashes in a text.</summary>
    public static IEnumerable<string> Hashes(string text) => Hash().Matches(text).Select(match => match.Value);

    /// <summary>What is missing or damaged of all that is referred to from the given places.</summary>
    /// <param name="roots">Hash and who refers to it.</param>
    /// <param name="anew">Whether to read everything again.</param>
    public IReadOnlyList<string> FindBroken(IEnumerable<(string Hash, string By)> roots, bool anew = false)
    {
        if (anew) _verified.Clear();
        var broken = new List<string>();
        var looked = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<(string Hash, string By)>(roots);
        while (queue.TryDequeue(out var next))
        {
            if (!looked.Add(next.Hash)) continue;
            var (fault, refers) = Look(next.Hash);
            if (fault is not null) broken.Add($"artifact {next.Hash}, which {next.By} refers to, {fault}.");
            foreach (var hash in refers) queue.Enqueue((hash, $"artifact {next.Hash} (of {next.By})"));
        }
        return broken;
    }

    /// <summary>Where an artifact lies.</summary>
    public string PathOf(string hash) => Path.Combine(folder, hash[..2], hash[2..]);

    private (string? Fault, string[] Refers) Look(string hash)
    {
        var file = new FileInfo(PathOf(hash));
        if (!file.Exists) return ("is missing", []);
        if (_verified.TryGetValue(hash, out var known) && known.At == file.LastWriteTimeUtc && known.Length == file.Length) return (null, known.Refers);
        var bytes = File.ReadAllBytes(file.FullName);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != hash) return ("is damaged", []);
        string[] refers = bytes.Length is > 0 and <= LargestText && bytes[0] is (byte)'{' ? [.. Hashes(Encoding.UTF8.GetString(bytes))] : [];
        _verified[hash] = (file.LastWriteTimeUtc, file.Length, refers);
        return (null, refers);
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex Hash();
}
