using System.Text.Json;
using Perennial.Learning.Explanations;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Explanations;

/// <summary>Against XGBoost's contributions, which are float32.</summary>
public sealed class ShapReferenceTests
{
    private const double Precision = 2e-5;

    [Fact]
    public void Contributions_are_those_of_XGBoost()
    {
        var reference = JsonSerializer.Deserialize<Reference>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Explanations", "shap_reference.json")), JsonSerializerOptions.Web)!;
        var explainer = new TreeExplainer(new TreeEnsemblePredictor([.. reference.Trees.Select(Tree)], [0]));
        Assert.Equal(reference.BaseValue, explainer.BaseValues[0], Precision);
        for (var row = 0; row < reference.Rows.Length; row++)
        {
            var actual = new double[reference.Rows[row].Length];
            explainer.Explain([.. reference.Rows[row].Select(x => x ?? float.NaN)], actual);
            for (var f = 0; f < actual.Length; f++) Assert.Equal(reference.Contributions[row][f], actual[f], Precision);
        }
    }

    // XGBoost goes left below its threshold, these trees up to theirs.
    private static Tree Tree(ReferenceTree tree) => new()
    {
        Output = 0,
        Feature = tree.Feature,
        Threshold = [.. tree.Below.Select(MathF.BitDecrement)],
        IsLevel = new bool[tree.Feature.Length],
        MissingLeft = tree.MissingLeft,
        Left = tree.Left,
        Right = tree.Right,
        Value = tree.Value,
        Gain = new float[tree.Feature.Length],
        Cover = tree.Cover,
    };

    private sealed record Reference(ReferenceTree[] Trees, float?[][] Rows, double[][] Contributions, double BaseValue);

    private sealed record ReferenceTree(int[] Feature, float[] Below, bool[] MissingLeft, int[] Left, int[] Right, float[] Value, float[] Cover);
}
