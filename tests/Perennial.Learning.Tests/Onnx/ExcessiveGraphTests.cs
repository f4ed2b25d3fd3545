using System.Diagnostics;
using Google.Protobuf;
using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;
using static Perennial.Learning.Onnx.Export.GraphBuilder;
using DataType = Perennial.Learning.Onnx.Protos.TensorProto.Types.DataType;
using GraphBuilder = Perennial.Learning.Onnx.Export.GraphBuilder;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>Graphs with very many of what others have few of: they are scored or refused, within seconds and on whatever stack.</summary>
public class ExcessiveGraphTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_tokenizer_of_many_separators_is_run()
    {
        var scores = Quickly(() => OnnxModel.Load(Counting([.. Enumerable.Repeat("-", 100_000)], least: 1)).Score(Text("a-b-a")));
        Assert.Equal([2, 1], scores.Values);
    }

    [Fact]
    public void Separators_that_are_not_in_a_long_text_cost_little()
    {
        string[] separators = [.. Enumerable.Range(0, 5000).Select(i => $"-{i}-")];
        foreach (var least in new[] { 1, 300_000 })
            Assert.Equal([0, 0], Quickly(() => OnnxModel.Load(Counting(separators, least)).Score(Text(new string('x', 400_000)))).Values);
    }

    [Fact]
    public void Too_many_separators_for_a_text_are_refused() => Assert.Contains("elementary operations", Assert.Throws<OnnxFormatException>(() =>
        Quickly(() => OnnxModel.Load(Counting([.. Enumerable.Repeat("-", 1_000_000)], least: 1)).Score(Text(new string('x', 400_000))))).Message);

    [Fact]
    public void What_separators_leave_goes_to_the_next_one_in_order()
    {
        var scores = OnnxModel.Load(Counting(["b", "--"], least: 1)).Score(Text("--ab--a-b--b-a--"));
        // Tokens: a, a-, -a; the second term is never alone.
        Assert.Equal([1, 0], scores.Values);
        Assert.Equal([2, 1], OnnxModel.Load(Counting(["--", ","], least: 1)).Score(Text("a--b,a,ab")).Values);
        Assert.Equal([0, 0], OnnxModel.Load(Counting(["--", ","], least: 2)).Score(Text("a--b,a,ab")).Values);
    }

    [Theory]
    [InlineData(90_000, 1)]
    [InlineData(20_000, 20)]
    public void Concats_in_concats_are_run(int deep, int wide) => Assert.Equal([2f * wide], Quickly(() => Linear(wide, g =>
    {
        var part = "x";
        for (var i = 0; i < deep; i++) part = g.Node("Concat", [part], Int("axis", 1));
        return g.Node("Concat", [.. Enumerable.Repeat(part, wide)], Int("axis", 1));
    })));

    // Without elements they may double at every level, and nothing is ever too large.
    [Fact]
    public void Concats_of_nothing_are_run() => Assert.Equal([2f], Quickly(() => Linear(1, g =>
    {
        var none = g.Node("Slice", ["x", g.Longs([0], 1), g.Longs([0], 1), g.Longs([1], 1)]);
        for (var i = 0; i < 60; i++) none = g.Node("Concat", [none, none], Int("axis", 1));
        return g.Node("Concat", [none, "x"], Int("axis", 1));
    })));

    [Fact]
    public void Many_features_behind_many_nodes_are_run() => Assert.Equal([2f * 100_000], Quickly(() => Linear(100_000, g =>
    {
        var part = "x";
        for (var i = 0; i < 1000; i++) part = g.Node("Neg", [part]);
        return g.Node("Concat", [.. Enumerable.Repeat(part, 100_000)], Int("axis", 1));
    })));

    [Fact]
    public void Many_different_features_behind_many_nodes_are_run() => Assert.Equal([2f * 40_000], Quickly(() => Linear(40_000, g =>
    {
        var part = "x";
        for (var i = 0; i < 40_000; i++) part = g.Node("Neg", [part]);
        return g.Node("Concat", [.. Enumerable.Range(0, 40_000).Select(_ => g.Node("Abs", [part]))], Int("axis", 1));
    })));

    // None of them is the only way to the scores, which is asked of each.
    [Fact]
    public void Many_cores_are_run() => Assert.Equal([4f], Quickly(() =>
    {
        var bytes = GoldenGraphs.Foreign(DataType.Float, 1, 1, g =>
        {
            var margin = "x";
            var one = g.Floats([1], 1, 1);
            for (var i = 0; i < 50_000; i++) margin = g.Node("Gemm", [margin, one]);
            g.Output("Add", [margin, "x"], "y");
        });
        return OnnxModel.Load(bytes).Score(new Frame([new NumericColumn("x", [2])])).Values;
    }).Select(score => (float)score));

    [Fact]
    public void Many_nodes_behind_an_instant_are_run()
    {
        var bytes = GoldenGraphs.Foreign(DataType.Int64, 1, 1, g =>
        {
            var part = "x";
            for (var i = 0; i < 20_000; i++) part = g.Node("Neg", [part]);
            g.Output("Gemm", [g.Node("Cast", [part], Int("to", (int)DataType.Float)), g.Floats([1], 1, 1)], "y", Int("transB", 1));
        });
        var model = ModelProto.Parser.ParseFrom(bytes);
        model.MetadataProps.Add(new StringStringEntryProto { Key = OnnxContract.ColumnsKey, Value = """[{"input":"x","name":"x","type":"Timestamp"}]""" });
        var day = new TimestampColumn("x", [new DateTime(1970, 1, 1, 0, 1, 0, DateTimeKind.Utc).Ticks]);
        Assert.Equal([60], Quickly(() => OnnxModel.Load(model.ToByteArray()).Score(new Frame([day]))).Values);
    }

    [Fact]
    public void Many_strings_that_many_nodes_tell_apart_are_run()
    {
        string[] levels = [.. Enumerable.Range(0, 20_000).Select(i => $"{i}")];
        var bytes = GoldenGraphs.Foreign(DataType.String, 1, 1, g =>
        {
            var part = g.MlNode("LabelEncoder", ["x"], null, Texts("keys_strings", levels), Singles("values_floats", levels.Select(float.Parse)));
            for (var i = 0; i < 20_000; i++) part = g.Node("Neg", [part]);
            g.Output("Gemm", [part, g.Floats([1], 1, 1)], "y", Int("transB", 1));
        });
        Assert.Equal([7], Quickly(() => OnnxModel.Load(bytes).Score(Text("7"))).Values);
    }

    [Fact]
    public void Many_tokenizers_are_read()
    {
        var bytes = GoldenGraphs.Foreign(DataType.String, 1, 2, g =>
        {
            var flat = g.Node("Reshape", ["x", g.Longs([-1], 1)]);
            string[] counts = [.. Enumerable.Range(0, 20_000).Select(_ => Counts(g, flat, ["-"], 1))];
            g.Output("Sum", counts, "y");
        });
        Assert.Equal([40_000, 20_000], Quickly(() => OnnxModel.Load(bytes).Score(Text("a-b-a"))).Values);
    }

    [Theory]
    [InlineData(50_000, 1)]
    [InlineData(20, 2)]
    public void Explaining_many_concats_is_refused_or_done(int deep, int wide)
    {
        var bytes = LinearGraph(1, g =>
        {
            var part = "x";
            for (var i = 0; i < deep; i++) part = g.Node("Concat", [.. Enumerable.Repeat(part, wide)], Int("axis", 1));
            return part;
        });
        var fault = Quickly(() => Record.Exception(() => GraphExplainer.Load(bytes, [0])));
        if (wide > 1) Assert.IsType<NotExplainableException>(fault);
        else Assert.Null(fault);
    }

    [Fact]
    public void Features_of_trees_are_not_looked_at_for_means()
    {
        // What the features are made of is no graph at all.
        var bytes = GoldenGraphs.Foreign(DataType.Float, 1, 1, g => g.MlNode("TreeEnsembleRegressor", [g.Node("Lacking", ["x"])], "y",
            Ints("nodes_treeids", [0]), Ints("nodes_nodeids", [0]), Ints("nodes_featureids", [0]), Singles("nodes_values", [0]), Texts("nodes_modes", ["LEAF"]),
            Singles("nodes_hitrates", [1]), Ints("nodes_truenodeids", [0]), Ints("nodes_falsenodeids", [0]), Ints("target_treeids", [0]),
            Ints("target_nodeids", [0]), Ints("target_ids", [0]), Singles("target_weights", [1])));
        Assert.Null(GraphExplainer.FeatureMeans(bytes, new Frame([new NumericColumn("x", [1])])));
    }

    private static float[] Linear(int width, Func<GraphBuilder, string> features) =>
        [.. OnnxModel.Load(LinearGraph(width, features)).Score(new Frame([new NumericColumn("x", [2])])).Values.Select(value => (float)value)];

    private static byte[] LinearGraph(int width, Func<GraphBuilder, string> features) => GoldenGraphs.Foreign(DataType.Float, 1, 1, g =>
        g.Output("Gemm", [features(g), g.Floats([.. Enumerable.Repeat(1f, width)], 1, width), g.Floats([0], 1)], "y", Int("transB", 1)));

    // How often a and b occur.
    private static byte[] Counting(string[] separators, int least) => GoldenGraphs.Foreign(DataType.String, 1, 2, g =>
        g.Output("Identity", [Counts(g, g.Node("Reshape", ["x", g.Longs([-1], 1)]), separators, least)], "y"));

    private static string Counts(GraphBuilder g, string texts, string[] separators, int least) => g.Node("TfIdfVectorizer",
        [g.MicrosoftNode("Tokenizer", [texts], Int("mark", 0), Int("mincharnum", least), GraphBuilder.Text("pad_value", "#"), Texts("separators", separators))],
        GraphBuilder.Text("mode", "TF"), Int("min_gram_length", 1), Int("max_gram_length", 1), Int("max_skip_count", 0),
        Ints("ngram_counts", [0]), Ints("ngram_indexes", [0, 1]), Texts("pool_strings", ["a", "b"]));

    private static Frame Text(string text) => new([new TextColumn("x", [text])]);

    // On a stack as small as a server's threads may have.
    private static T Quickly<T>(Func<T> run)
    {
        var (result, fault, start) = (default(T), (Exception?)null, Stopwatch.GetTimestamp());
        var thread = new Thread(() => fault = Record.Exception(() => { result = run(); }), 512 << 10) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Long), $"not done after {Long.TotalSeconds} s");
        Assert.True(Stopwatch.GetElapsedTime(start) < Long);
        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        return result!;
    }
}
