namespace Perennial.Core.Data;

/// <summary>Something the data stages found that a person should know.</summary>
/// <param name="Kind">leak, known-later, not-in-traffic, ignored, constant, text, inferred, bad-rows, expectation.</param>
/// <param name="Column">The column, where it is about one.</param>
/// <param name="Message">The evidence in a sentence, and what was done about it.</param>
public sealed record DataFinding(string Kind, string? Column, string Message);
