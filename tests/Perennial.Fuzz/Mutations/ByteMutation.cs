using Perennial.Learning.Randomness;

namespace Perennial.Fuzz.Mutations;

/// <summary>Mutations that know nothing of the format: bits, bytes, runs of bytes.</summary>
internal static class ByteMutation
{
    /// <summary>The bytes with one to four mutations.</summary>
    public static byte[] Of(byte[] bytes, Xoshiro256 random)
    {
        var mutated = new List<byte>(bytes);
        for (var n = random.Next(4); n >= 0; n--) Once(mutated, random);
        return [.. mutated];
    }

    private static void Once(List<byte> bytes, Xoshiro256 random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }
        var at = random.Next(bytes.Count);
        var run = 1 + random.Next(Math.Min(16, bytes.Count - at));
        switch (random.Next(7))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes[at] = new byte[] { 0, 0x7F, 0x80, 0xFF }[random.Next(4)]; break;
            case 3: bytes.RemoveRange(at, run); break;
            case 4: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, run)); break;
            case 5: bytes.RemoveRange(at, bytes.Count - at); break;
            default: bytes.Insert(at, (byte)random.Next(256)); break;
        }
    }
}
