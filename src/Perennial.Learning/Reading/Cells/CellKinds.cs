namespace Perennial.Learning.Reading.Cells;

/// <summary>What a cell's syntax says of its type.</summary>
[Flags]
internal enum CellKinds
{
    None = 0,

    /// <summary>A CSV cell, which may be anything.</summary>
    Plain = 1,

    /// <summary>A JSON number.</summary>
    Number = 2,

    /// <summary>A JSON string.</summary>
    Text = 4,

    /// <summary>JSON's true or false.</summary>
    Boolean = 8,
}
