using System.Text.Json.Serialization;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;

namespace Perennial.Api.Contracts;

/// <summary>Asks for a run.</summary>
/// <param name="Dataset">The dataset to train on; the newest one with labelled traffic when absent.</param>
/// <param name="Reason">Why, for the record.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Key">Requests with the same key are one request.</param>
/// <param name="Repeat">A version to make again from its own dataset, spec and trials, and to compare; nothing is registered.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RunRequest(ContentHash? Dataset = null, string? Reason = null, string? Actor = null, string? Key = null, int? Repeat = null);

/// <summary>Decides over a run that waits for approval.</summary>
/// <param name="Approved">Yes or no.</param>
/// <param name="Actor">Who decides.</param>
/// <param name="Comment">Why.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecisionRequest(bool Approved, string Actor, string? Comment = null);

/// <summary>Makes a version the champion.</summary>
/// <param name="Version">The version.</param>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PromoteRequest(int Version, string? Reason = null, string? Actor = null);

/// <summary>A reason and who gives it.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReasonRequest(string? Reason = null, string? Actor = null);

/// <summary>Asks for a collection of artifacts that nothing refers to.</summary>
/// <param name="DryRun">Whether it only counts.</param>
/// <param name="OlderThan">Orchestrations that ended, and cached results that were made, longer ago are forgotten first, e.g. <c>90d</c>, which is the default.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CollectRequest(bool DryRun = false, [property: JsonConverter(typeof(DurationJsonConverter))] TimeSpan? OlderThan = null);
