using System.Runtime.Intrinsics;
using System.Text.Unicode;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Scanning;

/// <summary>
/// Finds where cells and records end. All kernels give the same; the scalar one says what they mean.
/// </summary>
internal abstract class CsvKernel
{
    /// <summary>The environment variable that forces a kernel by name: <c>scalar</c>, <c>vector128</c> or <c>vector256</c>.</summary>
    public const string Variable = "PERENNIAL_CSV_KERNEL";

    protected const byte Quote = (byte)'"', Cr = (byte)'\r', Lf = (byte)'\n';

    /// <summary>The kernel for this machine.</summary>
    public static CsvKernel Best { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// The byte after the last record that is whole, with its line end; 0 when none is. A CR at the very end is not known to be a line
    /// end: LF may follow.
    /// </summary>
    /// <param name="bytes">Bytes that begin with a record.</param>
    /// <param name="delimiter">What parts cells.</param>
    public abstract int LastRecordEnd(ReadOnlySpan<byte> bytes, byte delimiter);

    /// <summary>
    /// Indexes a chunk. False, with an index that is good for nothing, where something is not plain: a quote inside an unquoted cell,
    /// text after a closing quote, a quote left open, a NUL, or bytes that are not UTF-8.
    /// </summary>
    public bool TryIndex(ByteChunk chunk, byte delimiter, CsvIndex index)
    {
        index.Reset(chunk);
        var content = Index(chunk, delimiter, index);
        return content == ChunkContent.Ascii || (content == ChunkContent.Plain && Utf8.IsValid(chunk.Span));
    }

    /// <summary>Fills the index; whether the bytes are UTF-8 is left open.</summary>
    protected abstract ChunkContent Index(ByteChunk chunk, byte delimiter, CsvIndex index);

    /// <summary>The kernel of that name; the fastest that the hardware runs when the name is null or empty.</summary>
    /// <exception cref="ArgumentException">There is no kernel of that name.</exception>
    public static CsvKernel Choose(string? name) => name switch
    {
        "scalar" => new ScalarCsvKernel(),
        "vector128" => new VectorCsvKernel<Vector128Block>(),
        "vector256" => new VectorCsvKernel<Vector256Block>(),
        null or "" => Vector256.IsHardwareAccelerated ? new VectorCsvKernel<Vector256Block>()
            : Vector128.IsHardwareAccelerated ? new VectorCsvKernel<Vector128Block>()
            : new ScalarCsvKernel(),
        _ => throw new ArgumentException($"{Variable} is '{name}'; known kernels are scalar, vector128 and vector256."),
    };
}

/// <summary>What a kernel met in a chunk.</summary>
internal enum ChunkContent
{
    /// <summary>Something that must be read a record at a time.</summary>
    Irregular,

    /// <summary>Bytes beyond ASCII, else nothing unusual.</summary>
    Plain,

    /// <summary>ASCII.</summary>
    Ascii,
}
