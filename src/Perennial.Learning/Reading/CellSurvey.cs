using System.Globalization;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

/// <summary>
/// Which types the cells of a column could be, with the first cell that rules each out. Cells are looked at in any order: the row says
/// which is first.
/// </summary>
internal sealed class CellSurvey(LineMap lines)
{
    private readonly FirstCell _notNumber = new(), _notBoolean = new(), _notTimestamp = new(), _leadingZeros = new();
    private readonly int[] _firstOfForm = [int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue];

    /// <summary>The first cell that is not a number, with its line and why; null while there is none.</summary>
    public string? NotNumber => _notNumber.Cell is { } cell ? $"{At(_notNumber.Row)} {NumberParsing.Explain(cell)}" : null;

    public bool AnyNotBoolean => _notBoolean.Cell is not null;

    public string? NotTimestamp => _notTimestamp.Cell is { } cell ? $"{At(_notTimestamp.Row)} {TimestampParsing.Explain(cell)}" : null;

    /// <summary>The first cell such as 007, which may be a code.</summary>
    public string? LeadingZeros => _leadingZeros.Cell is { } cell
        ? $"{At(_leadingZeros.Row)} {Counted.Quote(cell)} begins with a zero; if these are codes, declare the column categorical"
        : null;

    /// <summary>The spellings of the timestamps before the first cell that is none.</summary>
    public TimestampForms Forms
    {
        get
        {
            var forms = new List<(TimestampForm, long)>();
            for (var form = TimestampForm.Date; form <= TimestampForm.MonthName; form++)
                if (_firstOfForm[(int)form] < _notTimestamp.Row) forms.Add((form, lines[_firstOfForm[(int)form]]));
            return new TimestampForms(forms, lines.Unit);
        }
    }

    /// <summary>The row after which no cell matters, as nothing but strings is left.</summary>
    public int SettledAt => Math.Max(_notNumber.Row, Math.Max(_notBoolean.Row, _notTimestamp.Row));

    public void Look(ReadOnlySpan<byte> cell, int row)
    {
        if (PackedDecimal.TryParse(cell, out _))
        {
            _notBoolean.See(cell, row);
            _notTimestamp.See(cell, row);
            return;
        }
        if (!NumberParsing.TryParse(cell, out _)) _notNumber.See(cell, row);
        else if (cell is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..]) _leadingZeros.See(cell, row);
        if (!ColumnParsing.TryBoolean(cell, out _)) _notBoolean.See(cell, row);
        if (row > _notTimestamp.Row) return;
        var form = TimestampParsing.Parse(cell, out _);
        if (form == TimestampForm.None) _notTimestamp.See(cell, row);
        else _firstOfForm[(int)form] = Math.Min(row, _firstOfForm[(int)form]);
    }

    /// <summary>Looks at as many cells of a column as are needed to know of all.</summary>
    public static CellSurvey Of(ColumnCells column, LineMap lines)
    {
        var survey = new CellSurvey(lines);
        for (var worker = 0; worker < column.Stores.Count; worker++)
        {
            if (column.Stores[worker] is not { } store) continue;
            survey.LookAt(store.Dictionary, column, worker);
            foreach (var block in store.Blocks)
            {
                if (block.Kind == BlockKind.Text) survey.LookAtText(block, column, worker);
                else if (block.Kind != BlockKind.Codes) survey.LookAtValues(block, column, worker);
            }
        }
        return survey;
    }

    /// <summary>Of all plain decimals of one worker the first says what the others are.</summary>
    private void LookAt(CellDictionary dictionary, ColumnCells column, int worker)
    {
        var anyDecimal = false;
        for (var code = 1; code <= dictionary.Count; code++)
        {
            var isDecimal = PackedDecimal.TryParse(dictionary[code], out _);
            if (!(isDecimal && anyDecimal)) Look(dictionary[code], column.Rows.ToFile(worker, dictionary.FirstRow(code)));
            anyDecimal |= isDecimal;
        }
    }

    /// <summary>Of cells that are all decimals, or all timestamps of one layout, the first says what all are but those of another spelling.</summary>
    private void LookAtValues(CellBlock block, ColumnCells column, int worker)
    {
        Span<byte> scratch = stackalloc byte[64];
        var cells = new CellCursor(column.Stores[worker], block.FirstRow, block.Rows, scratch);
        while (cells.MoveNext())
        {
            if (cells.IsMissing || cells.IsOther) continue;
            Look(cells.Cell, column.Rows.ToFile(worker, cells.Row));
            break;
        }
        foreach (var (index, cell) in block.Others) Look(cell, column.Rows.ToFile(worker, block.FirstRow + index));
    }

    private void LookAtText(CellBlock block, ColumnCells column, int worker)
    {
        Span<byte> scratch = stackalloc byte[64];
        for (var cells = new CellCursor(column.Stores[worker], block.FirstRow, block.Rows, scratch); cells.MoveNext();)
        {
            if (cells.IsMissing) continue;
            var row = column.Rows.ToFile(worker, cells.Row);
            if (row > SettledAt) return;
            Look(cells.Cell, row);
        }
    }

    private string At(int row) => $"at {lines.Unit} {lines[row].ToString("N0", CultureInfo.InvariantCulture)}";

    private sealed class FirstCell
    {
        public byte[]? Cell { get; private set; }

        public int Row { get; private set; } = int.MaxValue;

        public void See(ReadOnlySpan<byte> cell, int row)
        {
            if (row < Row) (Cell, Row) = (cell.ToArray(), row);
        }
    }
}

/// <summary>The spellings of timestamps in a column, each with the line where it first occurs.</summary>
internal sealed class TimestampForms(IReadOnlyList<(TimestampForm Form, long Line)> first, string unit = "line")
{
    public int Count => first.Count;

    /// <summary>1 when all are ISO or all have month names.</summary>
    public int Families => (first.Any(f => f.Form != TimestampForm.MonthName) ? 1 : 0) + (first.Any(f => f.Form == TimestampForm.MonthName) ? 1 : 0);

    public IReadOnlyList<string> Hints
    {
        get
        {
            if (first.All(f => f.Form != TimestampForm.DateTimeOffset)) return [];
            foreach (var (form, line) in first)
                if (form == TimestampForm.DateTime) return [$"some times have an offset and some have none ({unit} {line:N0}): those are taken as UTC"];
            return [];
        }
    }

    public override string ToString() => string.Join(" and ", first.Select(f => $"{Name(f.Form)} (from {unit} {f.Line:N0})"));

    private static string Name(TimestampForm form) => form switch
    {
        TimestampForm.Date => "yyyy-MM-dd",
        TimestampForm.DateTime => "yyyy-MM-ddTHH:mm",
        TimestampForm.DateTimeOffset => "yyyy-MM-ddTHH:mm with offset",
        _ => "dates with a month's name",
    };
}
