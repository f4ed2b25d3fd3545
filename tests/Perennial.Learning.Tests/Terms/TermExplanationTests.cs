using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Terms;

public sealed class TermExplanationTests
{
    [Fact]
    public void What_the_words_of_a_text_add_is_told_of_the_column_they_are_in()
    {
        string?[] texts = ["good bird", "bad bird", "good day", null, "bad luck", "good bird", "bad bird", "good luck"];
        string[] labels = ["yes", "no", "yes", "no", "no", "yes", "no", "yes"];
        var rows = new Frame([new TextColumn("remarks", texts)]);
        var graph = OnnxExporter.Export(TermFittingTests.Train(texts, labels));
        var explainer = GraphExplainer.Load(graph, GraphExplainer.FeatureMeans(graph, rows));
        Assert.Equal(["remarks"], explainer.Columns);
        var scores = OnnxModel.Load(graph).Score(rows);
        var told = explainer.Explain(rows);
        for (var row = 0; row < texts.Length; row++)
        {
            var margin = explainer.BaseValues[0] + told[row].Of(0)[0];
            Assert.Equal(Math.Log(scores.Values[row] / (1 - scores.Values[row])), margin, 1e-4);
        }
        Assert.True(told[0].Of(0)[0] > 0);
        Assert.True(told[1].Of(0)[0] < 0);
    }
}
