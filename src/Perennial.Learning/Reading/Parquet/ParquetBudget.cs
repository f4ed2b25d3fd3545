using System.Globalization;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>
/// Bounds what all columns of a file may take together: pages once expanded, dictionaries, and strings, each of which a dictionary can
/// repeat without limit. Memory is asked for here before it is taken, as a few stored bytes can stand for very many.
/// </summary>
/// <param name="options">How the file is read.</param>
/// <param name="most">The most bytes.</param>
/// <param name="file">For the file.</param>
internal sealed class ParquetBudget(ReadOptions options, long most, ParquetFaults file)
{
    private long _taken;

    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) > most) throw file.ExpandsTooFar(options.MaxExpansion);
    }

    public void CheckLength(int bytes, ParquetFaults faults)
    {
        if (bytes > options.MaxLineBytes)
            throw faults.Of("value-too-long", $"A value of the column has {bytes.ToString("N0", CultureInfo.InvariantCulture)} bytes; at most {options.MaxLineBytes.ToString("N0", CultureInfo.InvariantCulture)} are allowed.");
    }
}
