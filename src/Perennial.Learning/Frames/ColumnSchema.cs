namespace Perennial.Learning.Frames;

/// <summary>A column's name and type.</summary>
/// <param name="Name">The name, as the header has it.</param>
/// <param name="Type">The type.</param>
public sealed record ColumnSchema(string Name, ColumnType Type);
