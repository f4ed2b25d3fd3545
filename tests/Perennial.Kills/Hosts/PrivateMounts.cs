using System.Diagnostics;

namespace Perennial.Kills.Hosts;

/// <summary>
/// A process of our own in which file systems can be mounted without anybody else seeing them: as root in a mount namespace, else in a
/// user namespace. They are gone with the process.
/// </summary>
internal static class PrivateMounts
{
    /// <summary>What a program is started with to run without the privileges of root, above all that of writing where nobody may.</summary>
    public static readonly string[] WithoutPrivileges = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"];

    private const string Inside = "PERENNIAL_KILLS_MOUNTS";

    /// <summary>Whether this process is it.</summary>
    public static bool IsInside => Environment.GetEnvironmentVariable(Inside) is not null;

    /// <summary>Runs this program again where mounts are possible and returns its exit code; null, with the reason told, where they are nowhere.</summary>
    public static async Task<int?> RunAgain(string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("NOT TESTED: a small file system can be mounted on Linux only.");
            return null;
        }
        var unshare = Environment.IsPrivilegedProcess ? "-m" : "-rm";
        // A namespace of one's own does not mean that one may mount in it: containers often allow the first and not the second.
        if (await Run("unshare", unshare, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", Path.GetTempPath()) != 0)
        {
            await Console.Error.WriteLineAsync($"NOT TESTED: 'unshare {unshare}' with a mount in it is not allowed here, so no small file system can be mounted. Run it as root, or allow user namespaces.");
            return null;
        }
        if (await Run("unshare", [unshare, .. WithoutPrivileges, "true"]) != 0)
        {
            await Console.Error.WriteLineAsync($"NOT TESTED: '{string.Join(' ', WithoutPrivileges)}' is not allowed here, so no host can run without the privilege to write everywhere.");
            return null;
        }
        return await Run("unshare", [unshare, "dotnet", Path.Combine(AppContext.BaseDirectory, "Perennial.Kills.dll"), .. arguments]);
    }

    /// <summary>Mounts an empty file system of so many MiB on a folder.</summary>
    public static async Task Mount(string folder, int mebibytes)
    {
        Directory.CreateDirectory(folder);
        var exit = await Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", folder);
        if (exit != 0) throw new IOException($"mount ended with {exit}: no small file system could be mounted on '{folder}'.");
    }

    /// <summary>Takes a mounted file system away again, and all that is on it.</summary>
    public static async Task Unmount(string folder)
    {
        await Run("umount", "-l", folder);
        Directory.Delete(folder);
    }

    private static async Task<int> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment[Inside] = "1";
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
