namespace Perennial.Core.Orchestration;

/// <summary>An activity's name together with the types it takes and gives.</summary>
/// <param name="Value">The name, unique among activities; part of histories, so it never changes.</param>
public sealed record ActivityName<TInput, TOutput>(string Value);

/// <summary>An orchestration's name together with the types it takes and gives.</summary>
/// <param name="Value">The name, unique among orchestrations; part of histories, so it never changes.</param>
/// <param name="Version">The version of today's code; a generation of an instance keeps the one it began with.</param>
public sealed record OrchestrationName<TInput, TOutput>(string Value, int Version = 1);
