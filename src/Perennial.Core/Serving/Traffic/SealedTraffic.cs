using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>
/// What has been read of a model's log, put in order and written to the content store, so that nobody reads that part of the log again.
/// What it names is immutable; a new one takes the place of the old one.
/// </summary>
/// <param name="PredictionCursor">How far the predictions are sealed.</param>
/// <param name="LabelCursor">How far the labels are.</param>
/// <param name="Rows">The predictions, the first one of each id, in the order of sealing.</param>
/// <param name="Ids">Their ids, oldest run first.</param>
/// <param name="Labels">The labels by id, oldest run first: what a newer one says is newer.</param>
internal sealed record SealedTraffic(
    string? PredictionCursor, string? LabelCursor, IReadOnlyList<SealedRows> Rows, IReadOnlyList<SortedRun> Ids, IReadOnlyList<SortedRun> Labels)
{
    public static SealedTraffic None { get; } = new(null, null, [], [], []);
}

/// <summary>Predictions that were sealed together, ordered by time and then id.</summary>
/// <param name="Content">An array of <see cref="SealedPrediction"/>.</param>
/// <param name="From">The time of the first.</param>
/// <param name="To">The time of the last.</param>
/// <param name="Count">How many.</param>
internal sealed record SealedRows(ContentHash Content, DateTimeOffset From, DateTimeOffset To, int Count);

/// <summary>Entries in ordinal order of their ids, one an id.</summary>
/// <param name="Pages">In that order.</param>
internal sealed record SortedRun(IReadOnlyList<SortedPage> Pages)
{
    /// <summary>How many entries.</summary>
    public long Size() => Pages.Sum(page => (long)page.Count);
}

/// <summary>Some entries of a run.</summary>
/// <param name="Content">An array of them.</param>
/// <param name="First">The first id.</param>
/// <param name="Last">The last id.</param>
/// <param name="Count">How many.</param>
/// <param name="Newest">The newest time of any of them.</param>
internal sealed record SortedPage(ContentHash Content, string First, string Last, int Count, DateTimeOffset Newest);

/// <summary>An entry of a run.</summary>
internal interface IKeyed<T>
{
    /// <summary>What entries are ordered by.</summary>
    string Id { get; }

    /// <summary>Its time.</summary>
    DateTimeOffset At { get; }

    /// <summary>What this and a newer entry of the same id are together.</summary>
    T With(T newer);
}

/// <summary>A prediction and when it was answered.</summary>
internal sealed record SealedPrediction(DateTimeOffset At, PredictionRecord Record);

/// <summary>The id of a prediction that is there.</summary>
internal sealed record SealedId(string Id) : IKeyed<SealedId>
{
    DateTimeOffset IKeyed<SealedId>.At => DateTimeOffset.MinValue;

    SealedId IKeyed<SealedId>.With(SealedId newer) => this;
}

/// <summary>What has been said of a prediction.</summary>
/// <param name="Id">The prediction.</param>
/// <param name="First">The label that came first.</param>
/// <param name="Newest">The label that came last.</param>
/// <param name="FirstAt">When the first came.</param>
/// <param name="Column">The column that the newest is of.</param>
internal sealed record SealedLabel(string Id, string First, string Newest, DateTimeOffset FirstAt, string? Column) : IKeyed<SealedLabel>
{
    DateTimeOffset IKeyed<SealedLabel>.At => FirstAt;

    public SealedLabel With(SealedLabel newer) => this with { Newest = newer.Newest, Column = newer.Column };
}
