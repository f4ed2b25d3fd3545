namespace Perennial.Core.Serving;

/// <summary>All predictions so far that have a label, as rows to train on.</summary>
/// <param name="JsonLines">One object a line: the raw row's columns and the label, ordered by the time of the prediction.</param>
/// <param name="Rows">Lines.</param>
/// <param name="Cursor">Where the log had been read to.</param>
public sealed record TrafficExport(ReadOnlyMemory<byte> JsonLines, int Rows, string? Cursor);
