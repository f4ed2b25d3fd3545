using System.Text;
using Perennial.Core.Ports;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Tests.Serving;

/// <summary>A runtime whose model bytes are the name of a function.</summary>
public sealed class FakeRuntime : IModelRuntime
{
    private readonly Dictionary<string, Func<Frame, Scores>> _models = new(StringComparer.Ordinal);

    public string Name => "fake";

    public int Loads { get; private set; }

    public byte[] Add(Func<Frame, Scores> score)
    {
        var name = $"model {_models.Count}";
        _models.Add(name, score);
        return Encoding.UTF8.GetBytes(name);
    }

    public IPredictor Load(ReadOnlyMemory<byte> onnx)
    {
        Loads++;
        return new Predictor(_models[Encoding.UTF8.GetString(onnx.Span)]);
    }

    private sealed class Predictor(Func<Frame, Scores> score) : IPredictor
    {
        public IReadOnlyList<ColumnSchema> Inputs => [];

        public IReadOnlyList<string> Classes => [];

        public Scores Score(Frame rows) => score(rows);
    }
}
