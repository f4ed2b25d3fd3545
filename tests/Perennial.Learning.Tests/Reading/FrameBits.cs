using Perennial.Learning.Frames;

namespace Perennial.Learning.Tests.Reading;

/// <summary>A column with all its bits as text, so that two can be compared and a difference be read.</summary>
internal static class FrameBits
{
    public static string Of(Column column) => $"{column.Name} {column.Type}: " + column switch
    {
        NumericColumn numbers => string.Join(',', numbers.Values.ToArray().Select(BitConverter.DoubleToInt64Bits)),
        TimestampColumn times => string.Join(',', times.Ticks.ToArray()),
        BooleanColumn booleans => string.Join(',', booleans.Values.ToArray()),
        CategoricalColumn categories => string.Join(',', categories.Codes.ToArray()) + ":" + string.Join('|', categories.Levels.ToArray()),
        TextColumn text => string.Join('|', text.Values.ToArray().Select(v => v ?? "<missing>")),
        _ => throw new InvalidOperationException(),
    };

    public static void AssertEqual(Frame expected, Frame actual)
    {
        Assert.Equal(expected.Schema, actual.Schema);
        foreach (var column in expected.Columns) Assert.Equal(Of(column), Of(actual[column.Name]));
    }
}
