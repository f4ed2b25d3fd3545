using System.Globalization;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>What can be wrong with a Parquet file, in words that name the column and what to do.</summary>
/// <param name="source">The file.</param>
/// <param name="column">The column; null for the file as a whole.</param>
internal sealed class ParquetFaults(string source, string? column = null)
{
    private const string Again = "Write it again";

    /// <summary>The file contradicts itself or the format.</summary>
    /// <param name="what">What is wrong, as the rest of a sentence.</param>
    /// <param name="at">The byte of the file at or after which it is.</param>
    public DataFormatException Damaged(string what, long at) => Of("damaged-parquet",
        $"The Parquet file is damaged: {what}, at byte {at.ToString("N0", CultureInfo.InvariantCulture)}. {Again}.");

    /// <summary>The file uses something of the format that is not read here.</summary>
    public DataFormatException Unsupported(string what, string advice) => Of("unsupported-parquet", $"{what}. {advice}.");

    public DataFormatException Of(string code, string what) => new(source, code, what, null, column);

    /// <summary>The same for a column.</summary>
    public ParquetFaults In(string name) => new(source, name);

    /// <summary>The file would take far more memory than its size lets expect.</summary>
    public DataFormatException ExpandsTooFar(int times) => Of("expands-too-far",
        $"The Parquet file expands to more than {times.ToString("N0", CultureInfo.InvariantCulture)} times its size. Is it what it should be? Split it, or write it without a dictionary.");
}
