namespace Perennial.Core.Governance;

/// <summary>One decision, chained to the one before by its hash.</summary>
/// <param name="Sequence">From 1, per model, without gaps.</param>
/// <param name="At">When.</param>
/// <param name="Kind">E.g. <c>model-created</c>, <c>version-registered</c>, <c>version-promoted</c>, <c>version-rejected</c>, <c>rolled-back</c>, <c>alert-opened</c>.</param>
/// <param name="Actor">Who decided.</param>
/// <param name="Reason">Why, with the figures.</param>
/// <param name="Version">The version it is about.</param>
/// <param name="Run">The run it is about.</param>
/// <param name="Previous">The hash of the entry before; empty for the first.</param>
/// <param name="Hash">SHA-256 over all other members.</param>
public sealed record AuditEntry(
    int Sequence,
    DateTimeOffset At,
    string Kind,
    string Actor,
    string Reason,
    int? Version,
    string? Run,
    string Previous,
    string Hash);
