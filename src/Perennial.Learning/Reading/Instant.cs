using System.Text;

namespace Perennial.Learning.Reading;

/// <summary>A single instant as the readers of files take it.</summary>
public static class Instant
{
    /// <summary>Reads a timestamp in every spelling that the readers take (docs/data.md); without an offset it is UTC.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ticks">UTC ticks; 0 where it is none.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out long ticks) =>
        TimestampParsing.Parse(Encoding.UTF8.GetBytes(text.Length <= 64 ? text : ""), out ticks) != TimestampForm.None;
}
