using System.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>A set of level codes, 0 to 255.</summary>
internal readonly record struct LevelMask(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>How many codes it holds.</summary>
    public int Count => BitOperations.PopCount(Word0) + BitOperations.PopCount(Word1) + BitOperations.PopCount(Word2) + BitOperations.PopCount(Word3);

    /// <summary>Whether it holds a code.</summary>
    public bool Contains(int code) => ((code >> 6) switch { 0 => Word0, 1 => Word1, 2 => Word2, _ => Word3 } >> (code & 63) & 1) != 0;

    /// <summary>The codes, ascending.</summary>
    public IEnumerable<int> Codes
    {
        get
        {
            for (var code = 0; code < 256; code++)
                if (Contains(code)) yield return code;
        }
    }

    /// <summary>The set of some codes.</summary>
    public static LevelMask Of(ReadOnlySpan<int> codes)
    {
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        foreach (var code in codes) words[code >> 6] |= 1UL << (code & 63);
        return new LevelMask(words[0], words[1], words[2], words[3]);
    }
}
