using Perennial.Learning.Frames;

namespace Perennial.Core.Registry;

/// <summary><c>baseline.json</c>: what the version's own data looked like, for monitors.</summary>
/// <param name="Rows">Rows profiled (training and validation rows).</param>
/// <param name="Columns">A profile a feature.</param>
/// <param name="Prediction">The profile of the scores on the test rows (binary: positive class; regression: value; multiclass: the answered class).</param>
/// <param name="TestRows">Rows the metrics were measured on.</param>
/// <param name="Metrics">By metric, the value on the test rows.</param>
/// <param name="Intervals">By metric, the 95 % bootstrap interval where it was computed.</param>
public sealed record Baseline(
    long Rows,
    IReadOnlyList<ColumnProfile> Columns,
    ColumnProfile Prediction,
    long TestRows,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, MetricInterval> Intervals);

/// <summary>The distribution of one column in bins that later windows are counted into as well.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Edges">Numeric, timestamp (ticks), text (its length): ascending inner edges; bin i holds edges[i-1] &lt; x &lt;= edges[i]. Null otherwise.</param>
/// <param name="Levels">Categorical, boolean: the values counted one by one, most frequent first (ties in ordinal order). Null otherwise.</param>
/// <param name="Counts">Rows a bin: the edges' bins, or the levels' and then all other values'. Empty for text of versions before its length was counted.</param>
/// <param name="Missing">Rows without a value.</param>
/// <param name="Mean">Numeric: the mean; text: that of its length.</param>
/// <param name="Deviation">Numeric: the standard deviation.</param>
/// <param name="Distinct">Distinct values seen.</param>
public sealed record ColumnProfile(
    string Name,
    ColumnType Type,
    IReadOnlyList<double>? Edges,
    IReadOnlyList<string>? Levels,
    IReadOnlyList<long> Counts,
    long Missing,
    double? Mean = null,
    double? Deviation = null,
    long Distinct = 0);

/// <summary>A confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record MetricInterval(double Low, double High);
