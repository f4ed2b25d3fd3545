using System.Text.Json.Nodes;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Onnx;

public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Onnx", "Golden");

    public static TheoryData<string> Names => [.. GoldenGraphs.All().Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_are_those_of_ONNX_Runtime(string name)
    {
        var (model, golden) = Read(name);
        var onnx = OnnxModel.Load(model);
        var scores = onnx.Score(GoldenCase.Rows(model, golden["inputs"]!.AsArray()));
        var width = (int)golden["width"]!;
        var expected = golden["scores"]!.AsArray().Select(v => (double)v!).ToArray();

        // Of the two probabilities that a foreign graph gives for two classes, the second is the score.
        var skip = width - scores.Outputs;
        Assert.Equal(expected.Length / width, scores.RowCount);
        for (var i = 0; i < scores.Values.Length; i++)
        {
            var other = expected[i / scores.Outputs * width + i % scores.Outputs + skip];
            Assert.InRange(scores.Values[i], other - 1e-5, other + 1e-5);
        }
    }

    [Theory]
    [InlineData("binary-trees")]
    [InlineData("multiclass-trees")]
    [InlineData("binary-linear")]
    [InlineData("multiclass-linear")]
    public void The_label_output_names_the_class_that_the_scores_mean(string name)
    {
        var (model, golden) = Read(name);
        var onnx = OnnxModel.Load(model);
        var scores = onnx.Score(GoldenCase.Rows(model, golden["inputs"]!.AsArray()));
        var labels = golden["label"]!.AsArray().Select(l => (string)l!).ToArray();
        Assert.True(labels.Distinct().Count() > 1);
        for (var row = 0; row < labels.Length; row++)
        {
            var values = scores.Row(row).ToArray();
            var best = values.Length == 1 ? (values[0] >= 0.5 ? 1 : 0) : Array.IndexOf(values, values.Max());
            Assert.Equal(onnx.Classes[best], labels[row]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Graphs_are_still_written_byte_for_byte(string name)
    {
        var written = GoldenGraphs.All().Single(g => g.Name == name).Case;
        var (model, golden) = Read(name);
        Assert.Equal(model, written.Model);
        Assert.Equal(golden["inputs"]!.ToJsonString(), written.Inputs.ToJsonString());
    }

    private static (byte[] Model, JsonNode Golden) Read(string name) =>
        (File.ReadAllBytes(Path.Combine(Folder, $"{name}.onnx")), JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.json")))!);
}
