using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Onnx.Scoring.Compiled;

namespace Perennial.Learning.Tests.Onnx.Scoring;

public sealed class SplitPointsTests
{
    [Fact]
    public void Every_value_finds_its_place()
    {
        var wholes = Gen.Select(Gen.Choose(-2, 40), v => v / 2f);
        var any = Gen.OneOf(wholes, Gen.Elements(float.NegativeInfinity, float.PositiveInfinity, 1e30f, -1e30f, 4096, -0f, float.Epsilon, 3e9f),
            Gen.Select(ArbMap.Default.GeneratorFor<float>(), v => v));
        var points = Gen.Select(Gen.ListOf(Gen.OneOf(wholes, wholes, any)), list => list.Where(float.IsFinite).ToArray());
        Prop.ForAll(Arb.From(points), Arb.From(any), (values, x) =>
        {
            var distinct = values.Select(v => v == 0 ? 0 : v).Distinct().Order().ToArray();
            var places = new SplitPoints(0, distinct, [.. Enumerable.Range(0, 2 * distinct.Length + 1)], -1);
            foreach (var value in distinct.Append(x))
            {
                var expected = float.IsNaN(value) ? -1 : 2 * distinct.Count(p => p < value) + distinct.Count(p => p == value);
                Assert.Equal(expected, places.Find(value));
            }
            Assert.Equal(-1, places.Find(float.NaN));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
