namespace Perennial.Local.Storage;

/// <summary>A store's bytes are as they were written, and this version does not understand them: a newer one, or none of ours, wrote them.</summary>
public sealed class UnreadableStoreException(string path, Exception reason)
    : IOException($"'{path}' cannot be read by this version: {reason.Message} Use the version that wrote it, or restore the folder from a backup.", reason)
{
    /// <summary>The store's file or folder.</summary>
    public string Path => path;

    /// <summary>Whether decoding failed, and not the disk.</summary>
    public static bool IsReason(Exception exception) => exception is InvalidDataException or EndOfStreamException or FormatException
        or KeyNotFoundException or ArgumentException or IndexOutOfRangeException or OverflowException;
}
