using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Ports;

/// <summary>Turns model bytes into something that predicts.</summary>
public interface IModelRuntime
{
    /// <summary>The runtime's name, e.g. <c>managed</c>.</summary>
    string Name { get; }

    /// <summary>Loads a graph whose inputs are the raw columns. Bounded in time and memory whatever the bytes.</summary>
    /// <exception cref="Learning.Onnx.OnnxFormatException">The bytes are no such graph, or need an operator that this runtime lacks; the message names it.</exception>
    IPredictor Load(ReadOnlyMemory<byte> onnx);
}

/// <summary>
/// A loaded model. Safe for concurrent use. One that holds more than managed memory is <see cref="IDisposable"/>: who loads it for a single
/// use disposes it, and one that many may be using is left to the collector.
/// </summary>
public interface IPredictor
{
    /// <summary>The raw columns it reads, with their types.</summary>
    IReadOnlyList<ColumnSchema> Inputs { get; }

    /// <summary>The class names in the order of the scores; empty for regression.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Scores all rows of a frame that has at least the input columns, with their types. Row r's scores depend on row r only.</summary>
    Scores Score(Frame rows);
}
