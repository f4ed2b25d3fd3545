namespace Perennial.Local.Storage.Disks;

/// <summary>Which system errors say that no space is left, or that writing is not allowed.</summary>
internal static class DiskErrors
{
    private const int ReadOnlyFileSystem = 30;
    private const int NoSpace = 28;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsFull(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is WindowsDiskFull or WindowsHandleDiskFull
        : error.HResult == NoSpace || error.HResult == (OperatingSystem.IsMacOS() ? QuotaOnMac : QuotaOnLinux);

    public static bool IsReadOnly(Exception error) =>
        error is UnauthorizedAccessException || (error is IOException && !OperatingSystem.IsWindows() && error.HResult == ReadOnlyFileSystem);
}
