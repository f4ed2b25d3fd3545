using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Perennial.Learning;
using Perennial.Learning.Features;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet.Tests;

/// <summary>
/// Of a column that says which of its slots are the levels of one column, LightGBM makes categorical splits by itself from 50,000 rows on.
/// The converter left those out without a word, and 8,413 of 20,127 scores were wrong.
/// </summary>
public sealed class CategoricalSplitTests
{
    private const int Levels = 24;
    private const int Count = 51_000;

    [Theory]
    [InlineData("mlnet-lightgbm")]
    [InlineData("mlnet-fasttree")]
    public void Beyond_50_000_rows_the_graph_still_says_what_the_trees_say(string name)
    {
        var context = new MLContext(1);
        MLNetLearner learner = name == "mlnet-lightgbm" ? new LightGbmLearner() : new FastTreeLearner();
        var small = learner.Space(TaskKind.Binary)!.ToDictionary(p => p.Name, p => p.Name == "trees" ? 20 : p.Default);
        var fitted = learner.Fit(new LearnerInput(context, TaskKind.Binary, Rows(context), 0, 1, parameter => small[parameter]));

        float[][] columns = [.. Enumerable.Range(0, Levels).Select(level => Enumerable.Range(0, 1000).Select(row => row % Levels == level ? 1f : 0f).ToArray())];
        var expected = ExportCheck.Scores(context, fitted.Transformer, new FeatureMatrix(1000, columns), TaskKind.Binary);
        Assert.True(expected.Max() - expected.Min() > 0.3, "The trees tell the levels apart.");
        var scores = Exported(context, fitted.Transformer, columns);
        for (var row = 0; row < expected.Length; row++) Assert.Equal(expected[row], scores[row], ExportCheck.Tolerance);
    }

    private static float[] Exported(MLContext context, ITransformer model, float[][] columns)
    {
        using var onnx = new MemoryStream();
        context.Model.ConvertToOnnx(model, UnlabelledRow.View(context, new FeatureMatrix(1, [.. columns.Select(column => column[..1])])), onnx);
        using var session = new InferenceSession(onnx.ToArray());
        var values = new DenseTensor<float>([1000, Levels]);
        for (var row = 0; row < 1000; row++)
            for (var level = 0; level < Levels; level++) values[row, level] = columns[level][row];
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(nameof(UnlabelledRow.Features), values)], ["Probability.output"]);
        return [.. results[0].AsEnumerable<float>()];
    }

    // As ML.NET's own one-hot encoding hands them on.
    private static IDataView Rows(MLContext context)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(FeatureRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Levels);
        schema[nameof(FeatureRow.Features)].AddAnnotation("CategoricalSlotRanges", new VBuffer<int>(2, [0, Levels - 1]), new VectorDataViewType(NumberDataViewType.Int32, 1, 2));
        return context.Data.LoadFromEnumerable(Enumerable.Range(0, Count).Select(row =>
        {
            var level = row % Levels;
            var features = new float[Levels];
            features[level] = 1;
            // Levels alternate, so a set of them is worth more than any one.
            return new FeatureRow { Features = features, Weight = 1, Truth = row * 7919L % 100 < (level % 2 == 0 ? 75 : 25) };
        }), schema);
    }
}
