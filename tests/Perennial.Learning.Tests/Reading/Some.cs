using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

internal static class Some
{
    public static ReadResult Csv(string text, ReadOptions? options = null) =>
        CsvReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), options ?? new ReadOptions());

    public static ReadResult Json(string text, ReadOptions? options = null) =>
        JsonLinesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), options ?? new ReadOptions());

    public static DataFormatException CsvFault(string text, ReadOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => Csv(text, options));

    public static DataFormatException JsonFault(string text, ReadOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => Json(text, options));

    public static IEnumerable<string?> Cells(Frame frame, string column) =>
        Enumerable.Range(0, frame.RowCount).Select(row => frame[column].Format(row));
}
