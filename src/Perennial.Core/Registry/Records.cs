using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>A model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Spec">The hash of its spec (the file's text as it came).</param>
/// <param name="SpecRevision">How often the spec has been put, from 1.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When the spec last changed.</param>
public sealed record ModelRecord(string Name, ContentHash Spec, int SpecRevision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A version of a model: immutable but for its state.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">From 1.</param>
/// <param name="Run">The run that made it.</param>
/// <param name="Package">The hash of its <see cref="PackageManifest"/>.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it stands there.</param>
public sealed record ModelVersion(string Model, int Version, string Run, ContentHash Package, DateTimeOffset CreatedAt, VersionState State, string Reason);

/// <summary>Where a version stands.</summary>
public enum VersionState
{
    /// <summary>Registered, not in traffic.</summary>
    Registered,

    /// <summary>In a rollout.</summary>
    Challenger,

    /// <summary>It answers.</summary>
    Champion,

    /// <summary>It was champion.</summary>
    Retired,

    /// <summary>It lost its rollout, or a person refused it.</summary>
    Rejected,
}

/// <summary>A movable name for a version: <c>champion</c>, <c>challenger</c>, <c>previous</c> (the champion before, for rollback).</summary>
/// <param name="Model">The model.</param>
/// <param name="Alias">The name.</param>
/// <param name="Version">The version.</param>
/// <param name="At">Since when.</param>
public sealed record ModelAlias(string Model, string Alias, int Version, DateTimeOffset At);

/// <summary>The files of a package by name, in ordinal order: baseline.json, card.md, evaluation.json, explainer.json (linear versions), model.onnx, provenance.json, signature.json.</summary>
/// <param name="Files">Name to content.</param>
public sealed record PackageManifest(IReadOnlyList<PackageFile> Files)
{
    /// <summary>The content of the named file.</summary>
    /// <exception cref="KeyNotFoundException">The package has no such file.</exception>
    public ContentHash this[string name] => Files.FirstOrDefault(f => f.Name == name)?.Content ?? throw new KeyNotFoundException($"The package has no file '{name}'.");
}

/// <summary>One file of a package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its bytes' hash.</param>
public sealed record PackageFile(string Name, ContentHash Content);
