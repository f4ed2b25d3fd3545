namespace Perennial.Learning.Reading.Cells;

/// <summary>What the workers' stores of one column have in common.</summary>
/// <param name="options">How the file is read.</param>
/// <param name="missingTokens">Cells that mean "missing".</param>
internal sealed class ColumnShare(ReadOptions options, IReadOnlyList<byte[]> missingTokens)
{
    private volatile bool _overflowed, _uncounted;

    /// <summary>The most distinct cells that are counted.</summary>
    public int DistinctLimit { get; } = Math.Max(options.MaxCategoricalLevels, options.DistinctCells);

    /// <summary>The most distinct cells that one store gives codes.</summary>
    public int CodeLimit { get; } = Math.Min(Math.Max(options.MaxCategoricalLevels, options.DistinctCells), options.CodedCells);

    /// <summary>After so many distinct cells it is first asked whether codes are any use.</summary>
    public int CodingTrial { get; } = options.CodingTrial;

    /// <summary>Rows that one thread turns into values at a time.</summary>
    public int PartRows { get; } = options.PartRows;

    /// <summary>The most rows of a block.</summary>
    public int LargestBlock { get; } = options.LargestBlock;

    /// <summary>Whether one store met more distinct cells than it can give codes, or than are worth it: then none gives further ones.</summary>
    public bool Overflowed { get => _overflowed; set => _overflowed = value; }

    /// <summary>Whether that was before the limit of those that are counted, so that they have yet to be.</summary>
    public bool Uncounted { get => _uncounted; set => _uncounted = value; }

    /// <summary>Whether an empty cell is missing.</summary>
    public bool EmptyIsMissing { get; } = missingTokens.Any(t => t.Length == 0);

    /// <summary>The other cells that mean "missing".</summary>
    public IReadOnlyList<byte[]> Tokens { get; } = [.. missingTokens.Where(t => t.Length > 0)];

    public bool IsMissing(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty) return EmptyIsMissing;
        foreach (var token in Tokens)
            if (cell.SequenceEqual(token)) return true;
        return false;
    }
}
