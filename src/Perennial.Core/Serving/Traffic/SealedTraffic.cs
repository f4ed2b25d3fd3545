using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>
/// What has been read of a model's log, put in order and written to the content store, so that nobody reads that part of the log again.
/// What it names is immutable; a new one takes the place of the old one.
/// </summary>
/// <param name="Format">Which form it has: one of another form is made again from the log.</param>
/// <param name="PredictionCursor">How far the predictions are sealed.</param>
/// <param name="LabelCursor">How far the labels are.</param>
/// <param name="Rows">The predictions in the order of sealing; of an id those that were the first of all that had been read.</param>
/// <param name="Ids">Their ids, with the time of the first, in runs in the order of sealing.</param>
/// <param name="Replaced">Those of them of which the first was read after another, so that more than one is sealed; usually none.</param>
/// <param name="Labels">The labels by id, in runs in the order of sealing.</param>
internal sealed record SealedTraffic(
    int Format, string? PredictionCursor, string? LabelCursor,
    IReadOnlyList<SealedRows> Rows, IReadOnlyList<SortedRun> Ids, IReadOnlyList<SortedRun> Replaced, IReadOnlyList<SortedRun> Labels)
{
    // The first form, which said none, took what was read first for what was first.
    private const int Current = 2;

    public static SealedTraffic None { get; } = new(Current, null, null, [], [], [], []);

    /// <summary>Whether it has the form that is written today; otherwise nothing of it may be used.</summary>
    public bool IsCurrent() => Format == Current;
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

    /// <summary>
    /// What this and an entry of the same id that was read later are together. A log is read in the order of writing only for each writer, so what
    /// was read later may be earlier: times decide, and the order of reading only where they are equal.
    /// </summary>
    T With(T other);
}

/// <summary>A prediction and when it was answered.</summary>
internal sealed record SealedPrediction(DateTimeOffset At, PredictionRecord Record);

/// <summary>The id of a prediction that is there, and when the first of that id was answered.</summary>
internal sealed record SealedId(string Id, DateTimeOffset At) : IKeyed<SealedId>
{
    SealedId IKeyed<SealedId>.With(SealedId other) => other.At < At ? other : this;
}

/// <summary>What has been said of a prediction.</summary>
/// <param name="Id">The prediction.</param>
/// <param name="First">The label that came first.</param>
/// <param name="Newest">The label that came last.</param>
/// <param name="FirstAt">When the first came.</param>
/// <param name="NewestAt">When the newest came.</param>
/// <param name="Column">The column that the newest is of.</param>
internal sealed record SealedLabel(string Id, string First, string Newest, DateTimeOffset FirstAt, DateTimeOffset NewestAt, string? Column) : IKeyed<SealedLabel>
{
    DateTimeOffset IKeyed<SealedLabel>.At => FirstAt;

    public SealedLabel With(SealedLabel other)
    {
        var (first, newest) = (other.FirstAt < FirstAt ? other : this, other.NewestAt >= NewestAt ? other : this);
        return new SealedLabel(Id, first.First, newest.Newest, first.FirstAt, newest.NewestAt, newest.Column);
    }
}
