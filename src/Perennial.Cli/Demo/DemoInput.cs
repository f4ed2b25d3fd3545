using Perennial.Cli.Client;
using Perennial.Cli.Commands;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Demo;

/// <summary>What a demo lives through: the rows that are known at the start, and the rows that come later, in order of time.</summary>
/// <param name="Spec">The model's spec.</param>
/// <param name="SpecBytes">Its text.</param>
/// <param name="Known">The first rows, for training version 1.</param>
/// <param name="Later">The rows of live traffic.</param>
/// <param name="Times">When each later row happens, ascending.</param>
/// <param name="Start">When the first version is trained: the time of the last known row.</param>
/// <param name="Period">What is known and what is later, in words.</param>
public sealed record DemoInput(ModelSpec Spec, byte[] SpecBytes, Frame Known, Frame Later, DateTimeOffset[] Times, DateTimeOffset Start, string Period)
{
    /// <summary>Reads spec and rows.</summary>
    /// <exception cref="UsageException">One of them cannot be used; the message says why.</exception>
    public static DemoInput Read(string specFile, string dataFile)
    {
        if (!File.Exists(specFile)) throw new UsageException($"There is no spec '{specFile}'.");
        if (!File.Exists(dataFile)) throw new UsageException($"There is no input '{dataFile}'.");
        var bytes = File.ReadAllBytes(specFile);
        var spec = SpecReader.Read(bytes, specFile);
        if (!spec.Succeeded) throw ApiProblemException.Of(spec.Problem);
        try
        {
            return Divide(spec.Value, bytes, ReadRows(dataFile, spec.Value.Data));
        }
        catch (DataFormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static Frame ReadRows(string file, DataSpec data)
    {
        using var stream = File.OpenRead(file);
        var options = new ReadOptions
        {
            Source = Path.GetFileName(file),
            Delimiter = data.Delimiter[0],
            MissingTokens = new HashSet<string>([.. data.Missing, ""], StringComparer.Ordinal),
            Types = data.Types,
            MaxBadRows = data.MaxBadRows,
        };
        return RowFormats.Read(data.Format ?? RowFile.Format(file), stream, options).Frame;
    }

    private static DemoInput Divide(ModelSpec spec, byte[] bytes, Frame rows)
    {
        var label = rows.Find(spec.Label) ?? throw new UsageException($"The input has no column '{spec.Label}', which the spec names as the label.");
        var labelled = Enumerable.Range(0, rows.RowCount).Where(r => !label.IsMissing(r)).ToArray();
        if (labelled.Length < 200) throw new UsageException($"A demo wants at least 200 labelled rows; the input has {labelled.Length}.");
        return spec.Data.Time is { } time ? ByTime(spec, bytes, rows, labelled, time) : ByOrder(spec, bytes, rows, labelled);
    }

    private static DemoInput ByTime(ModelSpec spec, byte[] bytes, Frame rows, int[] labelled, string time)
    {
        if (rows.Find(time) is not TimestampColumn column) throw new UsageException($"The input's column '{time}' does not hold timestamps, as data.time in the spec says.");
        var ticks = column.Ticks.ToArray();
        var order = labelled.Where(r => ticks[r] != TimestampColumn.Missing).OrderBy(r => ticks[r]).ToArray();
        var cut = Cut([.. order.Select(r => ticks[r])]);
        var times = order[cut..].Select(r => new DateTimeOffset(ticks[r], TimeSpan.Zero)).ToArray();
        var (first, last) = (new DateTime(ticks[order[0]]), new DateTime(ticks[order[cut - 1]]));
        var period = $"{first:yyyy-MM-dd} to {last:yyyy-MM-dd} are known ({cut:N0} rows); {times[0]:yyyy-MM-dd} to {times[^1]:yyyy-MM-dd} come as live traffic ({times.Length:N0} rows)";
        return new DemoInput(spec, bytes, rows.Take(order[..cut]), rows.Take(order[cut..]), times, new DateTimeOffset(last, TimeSpan.Zero), period);
    }

    // About half, moved to the next turn of a year where the rows span enough years for that to be near.
    private static int Cut(long[] ticks)
    {
        var half = ticks.Length / 2;
        var year = Array.FindIndex(ticks, half, t => new DateTime(t).Year > new DateTime(ticks[half]).Year);
        if (year > 0 && year < ticks.Length * 0.65) return year;
        var cut = half;
        while (cut < ticks.Length - 1 && ticks[cut] == ticks[cut - 1]) cut++;
        return cut;
    }

    private static DemoInput ByOrder(ModelSpec spec, byte[] bytes, Frame rows, int[] labelled)
    {
        var cut = labelled.Length / 2;
        var start = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var later = labelled.Length - cut;
        // No time column: the second half comes in order over two years.
        var times = Enumerable.Range(0, later).Select(i => start + TimeSpan.FromDays(730.0 * (i + 1) / later)).ToArray();
        return new DemoInput(spec, bytes, rows.Take(labelled[..cut]), rows.Take(labelled[cut..]), times, start,
            $"the first {cut:N0} rows are known; the other {later:N0} come as live traffic, in order, over two years");
    }
}
