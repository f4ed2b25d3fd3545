using System.Globalization;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>Which types the cells of a column could be, with the first cell that rules each out.</summary>
internal sealed class CellSurvey(LineMap lines)
{
    /// <summary>The first cell that is not a number, with its line and why; null while there is none.</summary>
    public string? NotNumber { get; private set; }

    public string? NotBoolean { get; private set; }

    public string? NotTimestamp { get; private set; }

    /// <summary>The first cell such as 007, which may be a code.</summary>
    public string? LeadingZeros { get; private set; }

    /// <summary>How many distinct cells are numbers, though not all are.</summary>
    public int Numbers { get; private set; }

    public TimestampForms Forms { get; } = new();

    /// <summary>Nothing but strings is left, so no further cell matters.</summary>
    public bool Settled => NotNumber is not null && NotBoolean is not null && NotTimestamp is not null;

    public void Look(ReadOnlySpan<byte> cell, int row)
    {
        if (NumberParsing.TryParse(cell, out _))
        {
            Numbers++;
            if (LeadingZeros is null && cell is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..])
                LeadingZeros = $"{At(row)} {Counted.Quote(cell)} begins with a zero; if these are codes, declare the column categorical";
        }
        else if (NotNumber is null) NotNumber = $"{At(row)} {NumberParsing.Explain(cell)}";
        if (NotBoolean is null && !ColumnParsing.TryBoolean(cell, out _)) NotBoolean = At(row);
        if (NotTimestamp is not null) return;
        var form = TimestampParsing.Parse(cell, out _);
        if (form == TimestampForm.None) NotTimestamp = $"{At(row)} {TimestampParsing.Explain(cell)}";
        else Forms.Add(form, lines[row]);
    }

    private string At(int row) => $"at line {lines[row].ToString("N0", CultureInfo.InvariantCulture)}";
}

/// <summary>The spellings of timestamps in a column, each with the line where it first occurs.</summary>
internal sealed class TimestampForms
{
    private readonly SortedDictionary<TimestampForm, long> _firstLine = [];

    public int Count => _firstLine.Count;

    /// <summary>1 when all are ISO or all have month names.</summary>
    public int Families => (_firstLine.Keys.Any(f => f != TimestampForm.MonthName) ? 1 : 0)
        + (_firstLine.ContainsKey(TimestampForm.MonthName) ? 1 : 0);

    public IReadOnlyList<string> Hints =>
        _firstLine.ContainsKey(TimestampForm.DateTimeOffset) && _firstLine.ContainsKey(TimestampForm.DateTime)
            ? [$"some times have an offset and some have none (line {_firstLine[TimestampForm.DateTime]:N0}): those are taken as UTC"]
            : [];

    public void Add(TimestampForm form, long line) => _firstLine.TryAdd(form, line);

    public override string ToString() => string.Join(" and ", _firstLine.Select(f => $"{Name(f.Key)} (from line {f.Value:N0})"));

    private static string Name(TimestampForm form) => form switch
    {
        TimestampForm.Date => "yyyy-MM-dd",
        TimestampForm.DateTime => "yyyy-MM-ddTHH:mm",
        TimestampForm.DateTimeOffset => "yyyy-MM-ddTHH:mm with offset",
        _ => "dates with a month's name",
    };
}
