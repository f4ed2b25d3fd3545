using System.Collections.Concurrent;
using Perennial.Core.Governance;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Kills.Work;

/// <summary>What the harness asked of a model and was promised; it lives in memory only, where no kill of a host reaches it.</summary>
internal sealed class Ledger(string model)
{
    private readonly Lock _gate = new();
    private readonly List<(int Version, DateTimeOffset At)> _promotions = [];

    public string Model => model;

    /// <summary>Predictions by id; the answer is the score.</summary>
    public Sent<double> Predictions { get; } = new();

    /// <summary>Labels by the prediction's id; the answer is the label's text.</summary>
    public Sent<string> Labels { get; } = new();

    /// <summary>The text of each label, answered or not.</summary>
    public ConcurrentDictionary<string, string> LabelTexts { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests for runs by key; the answer is the dataset.</summary>
    public Sent<ContentHash?> Requests { get; } = new();

    /// <summary>Uploads by the file's name; the answer is the dataset's id.</summary>
    public Sent<ContentHash> Uploads { get; } = new();

    /// <summary>The newest revision of the spec that was acknowledged; 0 before the first.</summary>
    public int SpecRevision { get; set; }

    /// <summary>What earlier looks have seen: it may grow, but never change.</summary>
    public Seen Seen { get; } = new();

    public IReadOnlyList<(int Version, DateTimeOffset At)> Promotions
    {
        get { lock (_gate) return [.. _promotions]; }
    }

    public void Promoted(ModelAlias champion)
    {
        lock (_gate) _promotions.Add((champion.Version, champion.At));
    }
}

/// <summary>What has been seen of a model after some kill, and therefore was durable before the next.</summary>
internal sealed class Seen
{
    public Dictionary<string, RunRecord> EndedRuns { get; } = new(StringComparer.Ordinal);

    public Dictionary<int, ModelVersion> Versions { get; } = [];

    public HashSet<ContentHash> Datasets { get; } = [];

    public AuditEntry? LastDecision { get; set; }
}
