using System.Globalization;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Tests.Determinism;

/// <summary>
/// The test assembly as a program, for tests that need a process of their own: <c>--models threads</c> trains the known models and prints
/// their hashes, after a line that says which vectors the hardware gives.
/// </summary>
internal static class Program
{
    /// <summary>The first line where that much hardware is used.</summary>
    public static string Hardware(bool has128, bool has256) => $"Vector128 {has128} Vector256 {has256}";

    private static int Main(string[] args)
    {
        if (args is not ["--models", var threads]) return 2;
        Console.WriteLine(Hardware(Vector128.IsHardwareAccelerated, Vector256.IsHardwareAccelerated));
        foreach (var line in KnownModels.Lines(int.Parse(threads, CultureInfo.InvariantCulture))) Console.WriteLine(line);
        return 0;
    }
}
