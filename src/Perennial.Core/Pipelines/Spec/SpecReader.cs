using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Perennial.Core.Outcomes;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>
/// Reads <c>perennial.json</c>: JSON in UTF-8 (with or without byte order mark), comments and trailing commas allowed. Everything that is
/// wrong is reported together, each fault as <c>file:line:column (JSON path)</c> with what to do.
/// </summary>
public static class SpecReader
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly JsonSerializerOptions Lenient = new(CoreJson.Options)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The trainers that hosts with ML.NET have beside those of every host.</summary>
    public static IReadOnlyList<string> MLNetCandidates => SpecTable.MLNetCandidates;

    /// <summary>Reads and checks a spec.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="fileName">How messages name the file.</param>
    /// <param name="host">The host that is to follow it: what it lacks is a fault. When null whatever some host has may be asked for, as in a spec that is only kept or sent.</param>
    /// <returns>The spec, or a problem <c>spec-invalid</c> (<c>spec-too-large</c>) with at most 100 faults in the order of the file.</returns>
    public static Outcome<ModelSpec> Read(ReadOnlySpan<byte> utf8, string fileName, HostOffer? host = null)
    {
        if (utf8.Length > MaxBytes)
            return new Problem(ProblemKind.TooLarge, "spec-too-large", $"{fileName} has {utf8.Length} bytes; a spec has at most {MaxBytes}.");
        if (utf8.StartsWith<byte>([0xEF, 0xBB, 0xBF])) utf8 = utf8[3..];

        var text = utf8.ToArray();
        var faults = new SpecFaults(text, fileName);
        if (!Utf8.IsValid(text))
        {
            faults.Add(FirstInvalidByte(text), "$", "the file is not UTF-8 from here on: save it as UTF-8");
            return Refusal(fileName, faults);
        }

        new SpecWalk(text, SpecTable.Root(host is null ? SpecTable.KnownCandidates : [.. SpecTable.KnownCandidates.Union(host.Candidates)]), faults).Run();
        if (!faults.None) return Refusal(fileName, faults);

        var spec = JsonSerializer.Deserialize<ModelSpec>(text, Lenient)!;
        SpecCombinations.Check(spec, faults);
        host?.Check(spec, faults);
        return faults.None ? spec : Refusal(fileName, faults);
    }

    private static Problem Refusal(string fileName, SpecFaults faults)
    {
        var all = faults.All;
        var first = $"{all[0].Where}: {all[0].Message}";
        // A message that ends in a question, "did you mean ...?", has its end.
        var end = first.EndsWith('?') ? "" : ".";
        var detail = all.Count == 1 ? $"{first}{end}" : $"{fileName} has {all.Count} faults; the first is {first}{end}";
        return Problem.Invalid("spec-invalid", detail, all);
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out var used) == OperationStatus.Done) at += used;
        return at;
    }
}
