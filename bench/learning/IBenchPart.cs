namespace Perennial.Learning.Bench;

/// <summary>One part of the bench: measures beside a peer, and writes what it found into its section.</summary>
internal interface IBenchPart
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>The title of its section.</summary>
    string Title { get; }

    /// <summary>Measures; files go into the scratch folder.</summary>
    void Run(Section section, string scratch);

    /// <summary>One measurement in a process of its own, so that memory and start-up are its own; what it prints is a line of JSON.</summary>
    string Child(string[] arguments);
}
