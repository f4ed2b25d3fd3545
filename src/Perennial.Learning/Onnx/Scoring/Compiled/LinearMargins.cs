namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>A table of weights and an intercept an output: products are added from the first feature to the last beginning from 0.</summary>
/// <param name="weights">Output by output.</param>
/// <param name="intercepts">One an output, or none.</param>
/// <param name="outputs">How many outputs there are.</param>
internal sealed class LinearMargins(float[] weights, float[] intercepts, int outputs) : MarginCore
{
    public override int Outputs => outputs;

    public override object? NewScratch(int rows) => null;

    public override void Run(ReadOnlySpan<float> features, int width, Span<float> margins, object? scratch)
    {
        for (var i = 0; i < margins.Length; i++)
        {
            var x = features.Slice(i / outputs * width, width);
            var w = weights.AsSpan(i % outputs * width, width);
            var sum = 0f;
            for (var f = 0; f < x.Length; f++) sum += w[f] * x[f];
            margins[i] = intercepts.Length > 0 ? sum + intercepts[i % outputs] : sum;
        }
    }
}
