namespace Perennial.Local.Storage.Disks;

/// <summary>Which system errors say that no space is left, that writing is not allowed, or that somebody else has the file.</summary>
internal static class DiskErrors
{
    private const int ReadOnlyFileSystem = 30;
    private const int NoSpace = 28;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMac = 69;
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsFull(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is WindowsDiskFull or WindowsHandleDiskFull
        : error.HResult == NoSpace || error.HResult == (OperatingSystem.IsMacOS() ? QuotaOnMac : QuotaOnLinux);

    /// <summary>Whether somebody else has the file open and shares it with nobody.</summary>
    public static bool IsTaken(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is WindowsSharingViolation or WindowsLockViolation
        : error.HResult == (OperatingSystem.IsMacOS() ? WouldBlockOnMac : WouldBlockOnLinux);

    public static bool IsReadOnly(Exception error) =>
        error is UnauthorizedAccessException || (error is IOException && !OperatingSystem.IsWindows() && error.HResult == ReadOnlyFileSystem);
}
