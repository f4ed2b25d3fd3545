using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Reading.Scanning;

/// <summary>64 bytes in vectors of one width; lane i of the whole is bit i of a mask.</summary>
internal interface IVectorBlock<TSelf>
    where TSelf : struct, IVectorBlock<TSelf>
{
    /// <summary>The 64 bytes from here.</summary>
    static abstract TSelf Load(ref byte source);

    /// <summary>A bit for each byte that equals the value.</summary>
    ulong Equal(byte value);

    /// <summary>A bit for each byte beyond ASCII.</summary>
    ulong NotAscii();
}

/// <summary>Four vectors of 16 lanes.</summary>
internal readonly struct Vector128Block(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) : IVectorBlock<Vector128Block>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128Block Load(ref byte source) => new(
        Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref source, 16),
        Vector128.LoadUnsafe(ref source, 32), Vector128.LoadUnsafe(ref source, 48));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value)
    {
        var wanted = Vector128.Create(value);
        return Join(Vector128.Equals(a, wanted), Vector128.Equals(b, wanted), Vector128.Equals(c, wanted), Vector128.Equals(d, wanted));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Join(a, b, c, d);

    private static ulong Join(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) =>
        a.ExtractMostSignificantBits() | (ulong)b.ExtractMostSignificantBits() << 16
        | (ulong)c.ExtractMostSignificantBits() << 32 | (ulong)d.ExtractMostSignificantBits() << 48;
}

/// <summary>Two vectors of 32 lanes.</summary>
internal readonly struct Vector256Block(Vector256<byte> a, Vector256<byte> b) : IVectorBlock<Vector256Block>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Block Load(ref byte source) => new(Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Equal(byte value)
    {
        var wanted = Vector256.Create(value);
        return Join(Vector256.Equals(a, wanted), Vector256.Equals(b, wanted));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong NotAscii() => Join(a, b);

    private static ulong Join(Vector256<byte> a, Vector256<byte> b) =>
        a.ExtractMostSignificantBits() | (ulong)b.ExtractMostSignificantBits() << 32;
}
