using Microsoft.ML.OnnxRuntime;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Onnx;

namespace Perennial.MLNet;

/// <summary>
/// ONNX Runtime as a runtime, for graphs with operators that the managed scorer lacks. It computes in an order of its own: its scores
/// agree with the managed scorer's within float rounding, not bit for bit. It takes what <c>docs/onnx.md</c> says that a scorer takes, but
/// for outputs that are sequences or maps.
/// </summary>
/// <remarks>A session holds native memory until its predictor is disposed or collected.</remarks>
public sealed class OnnxRuntimeModel : IModelRuntime
{
    /// <inheritdoc/>
    public string Name => RuntimeChoice.OnnxRuntime;

    /// <inheritdoc/>
    /// <exception cref="OnnxFormatException">ONNX Runtime cannot load the graph, or its inputs are no columns.</exception>
    public IPredictor Load(ReadOnlyMemory<byte> onnx)
    {
        if (onnx.IsEmpty) throw new OnnxFormatException("There are no bytes, so no ONNX model.");
        InferenceSession? session = null;
        try
        {
            // One thread a call: rows are scored for many callers at once, and sums do not depend on how many processors there are.
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            session = new InferenceSession(onnx.ToArray(), options);
            return new OnnxRuntimePredictor(session);
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw new OnnxFormatException($"ONNX Runtime cannot load the graph: {exception.Message}", exception);
        }
        catch (OnnxFormatException)
        {
            session?.Dispose();
            throw;
        }
    }
}
