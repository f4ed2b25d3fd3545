using Perennial.Learning.Randomness;

namespace Perennial.Fuzz;

/// <summary>A reader of bytes that nobody vouches for. Used by several threads at once, so it holds nothing that changes.</summary>
internal interface IFuzzTarget
{
    /// <summary>What it is called on the command line and in the report.</summary>
    string Name { get; }

    /// <summary>What it means to get past the first stage, for the report.</summary>
    string FirstStage { get; }

    /// <summary>A whole input with some mutations; all that is random comes from the generator.</summary>
    byte[] Draw(Xoshiro256 random);

    /// <summary>
    /// Reads the bytes with options from the generator, and uses what comes of them. Only the exceptions that the reader promises are
    /// caught; any other that leaves this is a finding.
    /// </summary>
    Reach Read(byte[] bytes, Xoshiro256 random);

    /// <summary>The most bytes that reading an input of this length may allocate.</summary>
    long MostAllocated(int length);
}

/// <summary>How far an input got.</summary>
internal enum Reach
{
    /// <summary>Refused in the first stage: the header, the envelope.</summary>
    FirstStage,

    /// <summary>Refused behind it.</summary>
    Beyond,

    /// <summary>Read to the end.</summary>
    Whole,
}
