using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>Turns stored cells into a column of a known type.</summary>
internal static class ColumnParsing
{
    private delegate bool CellParser<T>(ReadOnlySpan<byte> cell, out T value);

    /// <summary>Parses every cell; one that is not of the type is reported as (row, reason) and left missing.</summary>
    public static Column Parse(string name, ColumnType type, CellStore store, Action<int, string> bad) => type switch
    {
        ColumnType.Numeric => new NumericColumn(name, Values(store, double.NaN, NumberParsing.TryParse, NumberParsing.Explain, bad)),
        ColumnType.Boolean => new BooleanColumn(name, Values(store, BooleanColumn.Missing, TryBoolean, ExplainBoolean, bad)),
        ColumnType.Timestamp => new TimestampColumn(name,
            Values(store, TimestampColumn.Missing, TryTimestamp, TimestampParsing.Explain, bad)),
        ColumnType.Categorical => Categorical(name, store),
        _ => new TextColumn(name, Strings(store)),
    };

    /// <summary>true or false in any case; never yes, no, 0 or 1.</summary>
    public static bool TryBoolean(ReadOnlySpan<byte> cell, out sbyte value)
    {
        cell = cell.Trim((byte)' ');
        var isTrue = Ascii.EqualsIgnoreCase(cell, "true"u8);
        value = isTrue ? (sbyte)1 : (sbyte)0;
        return isTrue || Ascii.EqualsIgnoreCase(cell, "false"u8);
    }

    private static string ExplainBoolean(ReadOnlySpan<byte> cell) => $"{Counted.Quote(cell)} is neither true nor false";

    private static bool TryTimestamp(ReadOnlySpan<byte> cell, out long ticks) =>
        TimestampParsing.Parse(cell, out ticks) != TimestampForm.None;

    private static T[] Values<T>(
        CellStore store, T missing, CellParser<T> parse, Func<ReadOnlySpan<byte>, string> explain, Action<int, string> bad)
    {
        var values = new T[store.Count];
        var parsed = new (bool Good, T Value)[store.Levels.Count];
        for (var level = 0; level < parsed.Length; level++) parsed[level].Good = parse(store.Levels[level], out parsed[level].Value);
        var codes = store.Codes;
        for (var row = 0; row < codes.Length; row++)
        {
            values[row] = missing;
            if (codes[row] < 0) continue;
            if (parsed[codes[row]].Good) values[row] = parsed[codes[row]].Value;
            else bad(row, explain(store.Levels[codes[row]]));
        }
        for (var tail = store.Tail(); tail.MoveNext();)
        {
            values[tail.Row] = missing;
            if (tail.IsMissing) continue;
            if (parse(tail.Cell, out var value)) values[tail.Row] = value;
            else bad(tail.Row, explain(tail.Cell));
        }
        return values;
    }

    private static CategoricalColumn Categorical(string name, CellStore store)
    {
        if (store.Distinct is null) return CategoricalColumn.From(name, Strings(store));
        var levels = store.Levels.Select(Encoding.UTF8.GetString).ToArray();
        var order = Enumerable.Range(0, levels.Length).ToArray();
        Array.Sort(order, (a, b) => string.CompareOrdinal(levels[a], levels[b]));
        var rank = new int[levels.Length];
        for (var i = 0; i < order.Length; i++) rank[order[i]] = i;
        var codes = new int[store.Count];
        for (var row = 0; row < codes.Length; row++)
            codes[row] = store.Codes[row] < 0 ? CategoricalColumn.Missing : rank[store.Codes[row]];
        return new CategoricalColumn(name, codes, [.. order.Select(i => levels[i])]);
    }

    private static string?[] Strings(CellStore store)
    {
        var values = new string?[store.Count];
        var levels = store.Levels.Select(Encoding.UTF8.GetString).ToArray();
        for (var row = 0; row < store.Codes.Length; row++)
            if (store.Codes[row] >= 0) values[row] = levels[store.Codes[row]];
        for (var tail = store.Tail(); tail.MoveNext();)
            if (!tail.IsMissing) values[tail.Row] = Encoding.UTF8.GetString(tail.Cell);
        return values;
    }
}
