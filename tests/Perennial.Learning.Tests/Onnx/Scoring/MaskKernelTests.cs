using Perennial.Learning.Onnx.Scoring.Compiled;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Onnx.Scoring;

public sealed class MaskKernelTests
{
    public static TheoryData<string> Kernels => ["scalar", "vector128", "vector256"];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_word_is_the_conjunction_of_the_masks_of_its_features(string name)
    {
        var random = new Xoshiro256(7);
        foreach (var stride in new[] { 8, 24, 32, 40, 64, 104 })
        {
            foreach (var (features, rows) in new[] { (1, 1), (2, 3), (5, 4), (17, 2) })
            {
                var table = new uint[60 * stride];
                for (var w = 0; w < table.Length; w++) table[w] = (uint)random.Next(int.MaxValue) | (uint)random.Next(int.MaxValue) << 7;
                var offsets = Enumerable.Range(0, rows * features).Select(_ => random.Next(59) * stride + random.Next(stride)).ToArray();
                var alive = new uint[rows * stride];
                MaskKernel.Choose(name).Meet(table, offsets, features, stride, alive);
                for (var w = 0; w < alive.Length; w++)
                    Assert.Equal(offsets.Skip(w / stride * features).Take(features).Aggregate(uint.MaxValue, (met, at) => met & table[at + w % stride]), alive[w]);
            }
        }
    }

    [Fact]
    public void A_kernel_that_does_not_exist_is_refused_by_name() =>
        Assert.Contains("PERENNIAL_SCORE_KERNEL is 'fast'", Assert.Throws<ArgumentException>(() => MaskKernel.Choose("fast")).Message);
}
