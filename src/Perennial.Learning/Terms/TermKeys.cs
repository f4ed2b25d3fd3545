namespace Perennial.Learning.Terms;

/// <summary>The keys of terms: a word's number, or for a pair of words the complement of both numbers, which is negative.</summary>
internal static class TermKeys
{
    /// <summary>
    /// Spreads keys. A long's own hash is one half XOR the other, so millions of pairs of some thousand words would share some thousand hashes.
    /// </summary>
    public static IEqualityComparer<long> Comparer { get; } = new Mixing();

    /// <summary>The key of a pair.</summary>
    public static long Pair(int first, int second) => ~((long)first << 32 | (uint)second);

    // The finalizer of splitmix64 (Steele, Lea and Flood 2014).
    private sealed class Mixing : IEqualityComparer<long>
    {
        public bool Equals(long x, long y) => x == y;

        public int GetHashCode(long key)
        {
            var mixed = (ulong)key;
            mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
            return (int)(mixed >> 32);
        }
    }
}
