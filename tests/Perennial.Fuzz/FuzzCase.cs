using System.Diagnostics;
using Perennial.Learning.Randomness;

namespace Perennial.Fuzz;

/// <summary>One case: a target and a number, which with the seed give the same bytes and the same options every time.</summary>
internal readonly record struct FuzzCase(IFuzzTarget Target, ulong Seed, long Number)
{
    /// <summary>Draws, reads and measures.</summary>
    /// <param name="alone">Whether no other case runs meanwhile, so that what all threads allocate is this one's.</param>
    public Outcome Run(bool alone = false)
    {
        var (bytes, random) = Draw();
        var allocated = Allocated(alone);
        var start = Stopwatch.GetTimestamp();
        Exception? fault = null;
        var reach = Reach.Beyond;
        try
        {
            reach = Target.Read(bytes, random);
        }
        catch (Exception exception)
        {
            fault = exception;
        }
        var elapsed = Stopwatch.GetElapsedTime(start);
        return new Outcome(reach, bytes.Length, elapsed, Allocated(alone) - allocated, fault);
    }

    private static long Allocated(bool alone) => alone ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();

    /// <summary>The input alone.</summary>
    public byte[] Bytes() => Draw().Bytes;

    private (byte[] Bytes, Xoshiro256 Random) Draw()
    {
        // The target's name is part of the seed, so that targets do not share the bits that they are drawn from.
        var seed = Target.Name.Aggregate(Seed, (hash, letter) => (hash ^ letter) * 0x100000001B3);
        var random = new Xoshiro256(seed ^ ((ulong)Number * 0x9E3779B97F4A7C15));
        return (Target.Draw(random), random);
    }
}

/// <summary>What became of a case.</summary>
/// <param name="Reach">How far it got.</param>
/// <param name="Length">The input's bytes.</param>
/// <param name="Elapsed">The wall time of reading.</param>
/// <param name="Allocated">The managed bytes that the reading thread allocated; those of all threads where it ran alone.</param>
/// <param name="Fault">An exception that the reader does not promise.</param>
internal readonly record struct Outcome(Reach Reach, int Length, TimeSpan Elapsed, long Allocated, Exception? Fault);
