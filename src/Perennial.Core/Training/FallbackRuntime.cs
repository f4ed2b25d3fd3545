using Perennial.Core.Ports;
using Perennial.Learning.Onnx;

namespace Perennial.Core.Training;

/// <summary>
/// Several runtimes as one: a graph is loaded by the first that can. Put first the one whose scores are to be had wherever that is
/// possible, as the managed one's are the same bits on every machine.
/// </summary>
public sealed class FallbackRuntime : IModelRuntime
{
    /// <summary>Runtimes in the order in which they are asked.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public FallbackRuntime(params IReadOnlyList<IModelRuntime> runtimes)
    {
        if (runtimes.Count == 0) throw new ArgumentException("There is no runtime to ask.", nameof(runtimes));
        Runtimes = runtimes;
    }

    /// <summary>All, in the order in which they are asked.</summary>
    public IReadOnlyList<IModelRuntime> Runtimes { get; }

    /// <summary>The names of all, in their order, e.g. <c>managed, onnx-runtime</c>.</summary>
    public string Name => string.Join(", ", Runtimes.Select(runtime => runtime.Name));

    /// <inheritdoc/>
    /// <exception cref="OnnxFormatException">None of them takes the graph; the message has each one's reason.</exception>
    public IPredictor Load(ReadOnlyMemory<byte> onnx) => Choose(onnx).Predictor;

    /// <summary>Loads a graph, and says which of them took it.</summary>
    /// <exception cref="OnnxFormatException">None of them takes the graph; the message has each one's reason.</exception>
    public (IModelRuntime Runtime, IPredictor Predictor) Choose(ReadOnlyMemory<byte> onnx)
    {
        var reasons = new List<OnnxFormatException>();
        foreach (var runtime in Runtimes)
        {
            try
            {
                return (runtime, runtime.Load(onnx));
            }
            catch (OnnxFormatException exception)
            {
                reasons.Add(exception);
            }
        }
        throw new OnnxFormatException(string.Join(" ", reasons.Select((reason, i) => $"{Runtimes[i].Name}: {reason.Message}")), reasons[0]);
    }
}
