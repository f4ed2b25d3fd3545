using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Tests.Determinism;

/// <summary>
/// A model's file is the same bit for bit whatever the number of threads and the instructions of the processor: each case trains the known
/// models in a process of its own and compares with the hashes in <c>models.sha256</c>. A change that means to alter models writes that file
/// anew: <c>dotnet tests/Perennial.Learning.Tests/bin/Debug/net10.0/Perennial.Learning.Tests.dll --models 1 | tail -n +2</c>.
/// </summary>
public class SameBitsTests
{
    private static readonly string Committed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Determinism", "models.sha256"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Threads_do_not_change_a_bit_of_any_model(int threads)
    {
        var (hardware, models) = Train(threads);
        Assert.Equal(Program.Hardware(Vector128.IsHardwareAccelerated, Vector256.IsHardwareAccelerated), hardware);
        Assert.Equal(Committed, models);
    }

    [Fact]
    public void A_processor_without_AVX2_does_not_change_a_bit()
    {
        var (hardware, models) = Train(2, "DOTNET_EnableAVX2");
        Assert.Equal(Program.Hardware(Vector128.IsHardwareAccelerated, false), hardware);
        Assert.Equal(Committed, models);
    }

    [Fact]
    public void A_processor_without_any_vector_instructions_does_not_change_a_bit()
    {
        var (hardware, models) = Train(2, "DOTNET_EnableHWIntrinsic");
        Assert.Equal(Program.Hardware(false, false), hardware);
        Assert.Equal(Committed, models);
    }

    private static (string Hardware, string Models) Train(int threads, string? switchedOff = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--models", threads.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        if (switchedOff is not null) start.Environment[switchedOff] = "0";
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().ReplaceLineEndings("\n").Split('\n', 2);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return (lines[0], lines[1]);
    }
}
