using Perennial.Learning.Onnx.Scoring.Compiled;
using Perennial.Learning.Onnx.Scoring.Operators;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Onnx.Scoring;

public sealed class LinkTests
{
    [Fact]
    public void The_sigmoid_of_four_is_that_of_each()
    {
        var random = new Xoshiro256(2);
        float[] odd = [0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 699.9f, -700.1f, 88, -104, float.Epsilon, -1e-30f];
        float[] margins = [.. odd, .. Enumerable.Range(0, 100_000).Select(i => (float)((random.NextDouble() - 0.5) * Math.Pow(10, i % 4)))];
        var scores = margins.ToArray();
        Link.Sigmoid(scores, 1);
        for (var i = 0; i < margins.Length; i++)
            Assert.Equal(BitConverter.SingleToInt32Bits(Elementary.Sigmoid(margins[i])), BitConverter.SingleToInt32Bits(scores[i]));
    }
}
