namespace Perennial.Learning.Models;

/// <summary>A parameter of a learner, and where a search may look for it.</summary>
/// <param name="Name">The name, camel case.</param>
/// <param name="Low">The least value to search.</param>
/// <param name="High">The greatest value to search.</param>
/// <param name="Default">The value when none is given.</param>
/// <param name="Log">Whether to search on a logarithmic scale.</param>
/// <param name="Integer">Whether values are whole numbers.</param>
public sealed record ParameterRange(string Name, double Low, double High, double Default, bool Log = false, bool Integer = false);
