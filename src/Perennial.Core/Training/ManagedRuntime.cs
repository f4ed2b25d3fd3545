using Perennial.Core.Ports;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Core.Training;

/// <summary>The managed scorer as a runtime: no native code, the same bits on every machine.</summary>
public sealed class ManagedRuntime : IModelRuntime
{
    /// <summary>Its name.</summary>
    public const string RuntimeName = "managed";

    /// <inheritdoc/>
    public string Name => RuntimeName;

    /// <inheritdoc/>
    public IPredictor Load(ReadOnlyMemory<byte> onnx) => new Predictor(OnnxModel.Load(onnx));

    private sealed class Predictor(OnnxModel model) : IPredictor
    {
        public IReadOnlyList<ColumnSchema> Inputs => model.Inputs;

        public IReadOnlyList<string> Classes => model.Classes;

        public Scores Score(Frame rows) => model.Score(rows);
    }
}
