namespace Perennial.Core.Pipelines.Spec;

/// <summary>How the search chooses what to try.</summary>
public enum SearchKind
{
    /// <summary>Defaults, then points drawn at random.</summary>
    Random,

    /// <summary>Defaults and a random start, then what the trials so far make likely to be better (tree-structured Parzen estimators).</summary>
    Tpe,

    /// <summary>Successive halving: all on few rows, the best third on three times as many, and so on.</summary>
    Halving,
}
