using System.Text.Json.Serialization;
using Perennial.Learning;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The spec file <c>perennial.json</c>: one a model. Every default here is what a file without the key means.</summary>
public sealed record ModelSpec
{
    /// <summary>Where editors find the JSON schema; ignored otherwise.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>The model's name: 1 to 48 of a-z, 0-9 and '-', a letter first.</summary>
    public required string Model { get; init; }

    /// <summary>The column to predict.</summary>
    public required string Label { get; init; }

    /// <summary>What it is about, in a sentence, for reports and cards.</summary>
    public string? Description { get; init; }

    /// <summary>The task; inferred from the label column when absent.</summary>
    public TaskKind? Task { get; init; }

    /// <summary>Binary: the class whose probability is predicted; <c>true</c>, <c>1</c>, <c>yes</c> or else the rarer one when absent.</summary>
    public string? Positive { get; init; }

    /// <summary>How to read the data.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>Which rows train, choose and judge.</summary>
    public SplitSpec Split { get; init; } = new();

    /// <summary>What is tried.</summary>
    public TrainSpec Train { get; init; } = new();

    /// <summary>What a version must pass before it is registered.</summary>
    public GatesSpec Gates { get; init; } = new();

    /// <summary>Whether a person must agree.</summary>
    public ApprovalSpec Approval { get; init; } = new();

    /// <summary>How versions are scored.</summary>
    public ServingSpec Serving { get; init; } = new();

    /// <summary>How a challenger replaces the champion.</summary>
    public RolloutSpec Rollout { get; init; } = new();

    /// <summary>What is watched, and how often.</summary>
    public MonitorSpec Monitor { get; init; } = new();

    /// <summary>When a retraining starts by itself.</summary>
    public RetrainSpec Retrain { get; init; } = new();

    /// <summary>What is never kept.</summary>
    public PrivacySpec Privacy { get; init; } = new();
}
