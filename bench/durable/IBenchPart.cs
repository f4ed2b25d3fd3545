namespace Perennial.Durable.Bench;

/// <summary>One part of the bench: measures, and writes what it found into its section.</summary>
internal interface IBenchPart
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>The title of its section.</summary>
    string Title { get; }

    /// <summary>Measures in folders of the scratch folder.</summary>
    Task Run(Section section, Scratch scratch);
}
