namespace Perennial.Migrate;

/// <summary>Progress in one line of a terminal, drawn at most ten times a second; nothing where a program or a file reads.</summary>
/// <param name="writer">Where it is drawn.</param>
/// <param name="visible">Whether anybody looks.</param>
/// <param name="clock">How much time has passed since the last drawing.</param>
public sealed class ProgressLine(TextWriter writer, bool visible, TimeProvider clock) : IProgress<MigrationProgress>, IDisposable
{
    private const int Bar = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Lock _drawing = new();
    private string? _what;
    private int _drawn;
    private long _at;

    /// <inheritdoc/>
    public void Report(MigrationProgress value)
    {
        if (!visible) return;
        lock (_drawing)
        {
            var isOld = value.What == _what && value.Done != value.Total;
            if (isOld && clock.GetElapsedTime(_at) < Pause) return;
            (_what, _at) = (value.What, clock.GetTimestamp());
            Draw(Text(value));
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        lock (_drawing)
        {
            if (_drawn == 0) return;
            Draw("");
            writer.Write('\r');
        }
    }

    private static string Text(MigrationProgress value)
    {
        if (value.Total is not { } total) return $"{value.What}: {value.Done}";
        var full = total == 0 ? Bar : (int)((long)Bar * value.Done / total);
        return $"{value.What}: [{new string('#', full)}{new string('-', Bar - full)}] {value.Done} of {total}";
    }

    // Spaces over what a longer line left.
    private void Draw(string text)
    {
        writer.Write($"\r{text.PadRight(_drawn)}");
        _drawn = text.Length;
    }
}
