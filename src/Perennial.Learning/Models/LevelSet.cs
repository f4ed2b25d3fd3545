namespace Perennial.Learning.Models;

/// <summary>The levels that a split sends left, where they are several.</summary>
public sealed record LevelSet
{
    private readonly bool[] _contains = new bool[256];

    /// <summary>Takes codes and how many training rows of the node had each.</summary>
    /// <param name="codes">Ascending, each from 0 to 255.</param>
    /// <param name="rows">One number a code.</param>
    /// <exception cref="ArgumentException">The codes are not ascending or not from 0 to 255, or there are more or fewer numbers.</exception>
    public LevelSet(IReadOnlyList<int> codes, IReadOnlyList<float> rows)
    {
        if (rows.Count != codes.Count) throw new ArgumentException($"There are {rows.Count} numbers of rows for {codes.Count} codes.");
        for (var i = 0; i < codes.Count; i++)
        {
            if (codes[i] is < 0 or > 255 || (i > 0 && codes[i] <= codes[i - 1])) throw new ArgumentException("Codes ascend from 0 to 255.");
            _contains[codes[i]] = true;
        }
        (Codes, Rows) = (codes, rows);
    }

    /// <summary>The codes, ascending.</summary>
    public IReadOnlyList<int> Codes { get; }

    /// <summary>How many training rows of the node had each code.</summary>
    public IReadOnlyList<float> Rows { get; }

    /// <summary>Whether a feature's value is one of the codes.</summary>
    public bool Contains(float x) => x is >= 0 and <= 255 && x == (int)x && _contains[(int)x];
}
