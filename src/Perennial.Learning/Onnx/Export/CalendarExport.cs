using Perennial.Learning.Features;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;

namespace Perennial.Learning.Onnx.Export;

/// <summary>
/// Calendar parts of UTC seconds since 1970 by int64 arithmetic (H. Hinnant, "chrono-compatible low-level date algorithms",
/// <c>civil_from_days</c>). ONNX divides towards zero, so instants are first moved forward by a hundred eras of 400 years, a multiple of
/// whole weeks, which makes every instant of a timestamp column positive.
/// </summary>
internal sealed class CalendarExport
{
    private const long SecondsPerDay = 86_400;
    private const long DaysPerEra = 146_097;
    private const long ShiftDays = 719_468 + 100 * DaysPerEra;

    // Day 0 of the shifted calendar, a 0000-03-01, is a Wednesday.
    private const long WeekdayOfDayZero = 2;

    private readonly GraphBuilder _graph;
    private readonly string _missing;
    private readonly string _seconds;
    private readonly string _days;
    private string? _dayOfYear;
    private string? _shiftedMonth;

    private CalendarExport(GraphBuilder graph, string input)
    {
        _graph = graph;
        _missing = graph.Node("Equal", [input, graph.Long(OnnxContract.MissingSeconds)]);
        var known = graph.Node("Where", [_missing, graph.Long(0), input]);
        _seconds = Do("Add", known, ShiftDays * SecondsPerDay);
        _days = Do("Div", _seconds, SecondsPerDay);
    }

    public static IEnumerable<string> Write(GraphBuilder graph, CalendarParts transform, string input)
    {
        var calendar = new CalendarExport(graph, input);
        var filler = graph.Float(transform.Indicator ? 0 : float.NaN);
        foreach (var part in transform.Parts)
        {
            var value = graph.Cast(calendar.Part(part), DataType.Float);
            yield return graph.Node("Where", [calendar._missing, filler, value]);
        }
        if (transform.Indicator) yield return graph.Cast(calendar._missing, DataType.Float);
    }

    private string Part(CalendarPart part) => part switch
    {
        CalendarPart.Hour => Do("Div", Do("Mod", _seconds, SecondsPerDay), 3600),
        CalendarPart.Weekday => Do("Mod", Do("Add", _days, WeekdayOfDayZero), 7),
        CalendarPart.Day => Day(),
        CalendarPart.Month => Month(),
        _ => throw new ArgumentException($"The calendar part {part} has no ONNX form."),
    };

    private string Day()
    {
        var before = Do("Div", Do("Add", Do("Mul", ShiftedMonth(), 153), 2), 5);
        return Do("Add", _graph.Node("Sub", [DayOfYear(), before]), 1);
    }

    private string Month()
    {
        var early = _graph.Node("Less", [ShiftedMonth(), _graph.Long(10)]);
        return _graph.Node("Where", [early, Do("Add", ShiftedMonth(), 3), Do("Sub", ShiftedMonth(), 9)]);
    }

    // Months counted from March, so that the leap day ends a year.
    private string ShiftedMonth() => _shiftedMonth ??= Do("Div", Do("Add", Do("Mul", DayOfYear(), 5), 2), 153);

    private string DayOfYear()
    {
        if (_dayOfYear is not null) return _dayOfYear;
        var dayOfEra = Do("Mod", _days, DaysPerEra);
        var days = _graph.Node("Sub", [dayOfEra, Do("Div", dayOfEra, 1460)]);
        days = _graph.Node("Add", [days, Do("Div", dayOfEra, 36_524)]);
        days = _graph.Node("Sub", [days, Do("Div", dayOfEra, 146_096)]);
        var year = Do("Div", days, 365);
        var start = _graph.Node("Add", [Do("Mul", year, 365), Do("Div", year, 4)]);
        start = _graph.Node("Sub", [start, Do("Div", year, 100)]);
        return _dayOfYear = _graph.Node("Sub", [dayOfEra, start]);
    }

    private string Do(string op, string input, long constant) => _graph.Node(op, [input, _graph.Long(constant)]);
}
