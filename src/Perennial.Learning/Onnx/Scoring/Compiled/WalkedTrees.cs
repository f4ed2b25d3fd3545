using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>Trees that <see cref="MaskTrees"/> cannot hold: walked from the root, as the node does.</summary>
internal sealed class WalkedTrees(TreeSums sums, int targets, float[] baseValues) : MarginCore
{
    public override int Outputs => targets;

    public override object? NewScratch(int rows) => null;

    public override void Run(ReadOnlySpan<float> features, int width, Span<float> margins, object? scratch)
    {
        sums.Run(features, width, margins);
        if (baseValues.Length == 0) return;
        for (var i = 0; i < margins.Length; i++) margins[i] += baseValues[i % targets];
    }
}
