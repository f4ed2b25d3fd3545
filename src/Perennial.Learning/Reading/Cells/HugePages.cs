using System.Runtime.InteropServices;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// Asks Linux to back large memory that is about to be filled by pages of 2 MiB: one fault for each instead of 512. It is advice;
/// where it cannot be followed, nothing changes.
/// </summary>
internal static unsafe partial class HugePages
{
    private const nuint PageBytes = 1 << 21;
    private const int MadvDontneed = 4, MadvHugepage = 14;

    /// <summary>Advises for the whole pages within the array.</summary>
    public static T[] Advise<T>(T[] array)
        where T : unmanaged
    {
        fixed (T* start = array) Advise(start, (nuint)array.Length * (nuint)sizeof(T));
        return array;
    }

    /// <summary>Advises for the whole pages within the memory.</summary>
    public static void Advise(void* start, nuint bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < PageBytes) return;
        var first = ((nuint)start + PageBytes - 1) & ~(PageBytes - 1);
        var last = ((nuint)start + bytes) & ~(PageBytes - 1);
        if (first < last) _ = MAdvise((void*)first, last - first, MadvHugepage);
    }

    /// <summary>Gives the memory's whole small pages back to the system; what they held is lost.</summary>
    public static void GiveBack(void* start, nuint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        var page = (nuint)Environment.SystemPageSize;
        var first = ((nuint)start + page - 1) / page * page;
        var last = ((nuint)start + bytes) / page * page;
        if (first < last) _ = MAdvise((void*)first, last - first, MadvDontneed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(void* start, nuint length, int advice);
}
