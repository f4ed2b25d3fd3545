using System.Text.Json.Serialization;
using Perennial.Core.Ports;

namespace Perennial.Api.Contracts;

/// <summary>Asks for a run.</summary>
/// <param name="Dataset">The dataset to train on; the newest one with labelled traffic when absent.</param>
/// <param name="Reason">Why, for the record.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Key">Requests with the same key are one request.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RunRequest(ContentHash? Dataset = null, string? Reason = null, string? Actor = null, string? Key = null);

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
