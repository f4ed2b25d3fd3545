using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx.Scoring;
using Perennial.Learning.Onnx.Scoring.Compiled;

namespace Perennial.Learning.Onnx;

/// <summary>
/// One row for a model to score, used again and again without allocating: values are set by the column's position in
/// <see cref="OnnxModel.Inputs"/> and stay until they are set again; at first all are missing. Not safe for concurrent use.
/// </summary>
public sealed class ScoringRow
{
    private const int MostCharsOnStack = 512;

    private readonly ColumnPlan[] _columns;

    internal ScoringRow(ScoringPlan plan)
    {
        (Plan, _columns, Workspace) = (plan, plan.Columns, new PlanWorkspace(plan, 1));
        foreach (var column in _columns)
            if (column is { InTensor: true, Place: 0 }) column.Binding.Size(Workspace.Input(column.Input), 1);
        Clear();
    }

    internal ScoringPlan Plan { get; }

    internal PlanWorkspace Workspace { get; }

    /// <summary>Makes all values missing.</summary>
    public void Clear()
    {
        for (var column = 0; column < _columns.Length; column++) SetMissing(column);
    }

    /// <summary>Makes a value missing; a truth value that a graph from elsewhere reads becomes false, as it knows no missing one.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    public void SetMissing(int column)
    {
        switch (_columns[column].Schema.Type)
        {
            case ColumnType.Numeric: SetNumber(column, double.NaN); break;
            case ColumnType.Boolean: SetTruth(column, BooleanColumn.Missing); break;
            case ColumnType.Timestamp: SetTicks(column, TimestampColumn.Missing); break;
            default: SetCategory(column, OnnxContract.MissingText); break;
        }
    }

    /// <summary>Sets a number; NaN is missing.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ArgumentException">The column is not numeric.</exception>
    public void SetNumber(int column, double value)
    {
        var plan = Column(column, ColumnType.Numeric);
        if (plan.Binding.Type == ElementType.Int64) Workspace.Input(plan.Input).Longs[plan.Place] = InputBinding.IntegerOf(value);
        else if (plan.Binding.Type == ElementType.Double) Workspace.Input(plan.Input).Doubles[plan.Place] = value;
        else SetFloat(plan, (float)value);
    }

    /// <summary>Sets a truth value; null is missing.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ArgumentException">The column is not boolean.</exception>
    public void SetBoolean(int column, bool? value) =>
        SetTruth(column, value is null ? BooleanColumn.Missing : value.Value ? (sbyte)1 : (sbyte)0);

    /// <summary>Sets an instant.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ArgumentException">The column has no timestamps, or the time is not UTC.</exception>
    public void SetTimestamp(int column, DateTime utc)
    {
        if (utc.Kind != DateTimeKind.Utc) throw new ArgumentException($"The time {utc:O} is not UTC.", nameof(utc));
        SetTicks(column, utc.Ticks);
    }

    /// <summary>Sets a category or a text; the empty one is missing.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ArgumentException">The column is neither categorical nor text.</exception>
    public void SetCategory(int column, ReadOnlySpan<char> value)
    {
        var plan = _columns[column].Schema.Type == ColumnType.Text ? _columns[column] : Column(column, ColumnType.Categorical);
        foreach (var lookup in plan.Lookups) lookup.Write(lookup.RowOf(value), Workspace.Row);
        if (plan.InTensor) Workspace.Input(plan.Input).Strings[plan.Place] = value.ToString();
    }

    /// <summary>Sets a category or a text from UTF-8; what is no UTF-8 is read as replacement characters. Longer texts than 512 bytes allocate.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    /// <exception cref="ArgumentException">The column is neither categorical nor text.</exception>
    public void SetCategory(int column, ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[MostCharsOnStack];
        if (utf8.Length <= text.Length) SetCategory(column, text[..Encoding.UTF8.GetChars(utf8, text)]);
        else SetCategory(column, Encoding.UTF8.GetString(utf8));
    }

    private void SetTruth(int column, sbyte value)
    {
        var plan = Column(column, ColumnType.Boolean);
        if (plan.Binding.Type == ElementType.Boolean) Workspace.Input(plan.Input).Booleans[plan.Place] = value == 1;
        else SetFloat(plan, InputBinding.FloatOf(value));
    }

    private void SetTicks(int column, long ticks)
    {
        var plan = Column(column, ColumnType.Timestamp);
        foreach (var (encoder, position) in plan.Instants) Workspace.Row[position] = encoder.Of(InputBinding.SecondsOf(ticks));
        if (plan.InTensor) Workspace.Input(plan.Input).Longs[plan.Place] = InputBinding.SecondsOf(ticks);
    }

    private void SetFloat(ColumnPlan plan, float value)
    {
        var features = Workspace.Row;
        foreach (var position in plan.Positions) features[position] = value;
        foreach (var (encoder, position) in plan.Numbers) features[position] = encoder.Of(value);
        if (plan.InTensor) Workspace.Input(plan.Input).Floats[plan.Place] = value;
    }

    private ColumnPlan Column(int column, ColumnType type)
    {
        var plan = _columns[column];
        return plan.Schema.Type == type ? plan : throw Refused(plan.Schema, type);
    }

    private static ArgumentException Refused(ColumnSchema column, ColumnType type) =>
        new($"Column '{column.Name}' has the type {column.Type}; a value of type {type} was set.");
}
