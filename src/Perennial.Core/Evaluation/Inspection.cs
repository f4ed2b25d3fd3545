using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;

namespace Perennial.Core.Evaluation;

/// <summary>What a candidate relies on and how its answers move, asked of the graph itself on some test rows. It decides nothing.</summary>
/// <param name="Rows">The test rows that were asked, spread evenly over all.</param>
/// <param name="Repeats">How often each column was shuffled.</param>
/// <param name="Metric">The metric that shuffling makes worse.</param>
/// <param name="Columns">The columns of the graph; of more than <see cref="Inspector.MostColumns"/> those with the largest share of the gain are asked.</param>
/// <param name="Reliances">Column by column how much worse the metric gets, the largest first.</param>
/// <param name="Dependence">The mean score over the values of the columns that are relied on most; none for several classes.</param>
/// <param name="MeanScore">The mean score of the rows as they are; null for several classes.</param>
public sealed record Inspection(
    int Rows, int Repeats, string Metric, int Columns, IReadOnlyList<ColumnReliance> Reliances, IReadOnlyList<ColumnDependence> Dependence, double? MeanScore)
{
    /// <summary>What their words do, for the text columns among those that are relied on most; null where there are none, and for several classes.</summary>
    public IReadOnlyList<ColumnWords>? Words { get; init; }
}

/// <summary>The words of a text column and what each does to the score.</summary>
/// <param name="Column">The raw column.</param>
/// <param name="Rows">The rows among which they were looked for.</param>
/// <param name="Words">Those with the largest effect, the largest first.</param>
public sealed record ColumnWords(string Column, int Rows, IReadOnlyList<WordEffect> Words);

/// <summary>The mean score when all rows have the same value in a column.</summary>
/// <param name="Column">The raw column.</param>
/// <param name="Type">Its type: numbers and timestamps ascend, others have the most frequent value first.</param>
/// <param name="Rows">The rows that were averaged over.</param>
/// <param name="Points">At most <see cref="Inspector.Points"/>.</param>
public sealed record ColumnDependence(string Column, ColumnType Type, int Rows, IReadOnlyList<DependencePoint> Points);
