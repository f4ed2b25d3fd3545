using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>The attribute post_transform of ai.onnx.ml: NONE, LOGISTIC or SOFTMAX, on the scores of a row.</summary>
internal sealed class PostTransform
{
    private readonly string _kind;

    public PostTransform(NodeReader node)
    {
        _kind = node.Text("post_transform", "NONE");
        if (_kind is not ("NONE" or "LOGISTIC" or "SOFTMAX"))
            throw new GraphFault($"attribute 'post_transform' is '{_kind}'; supported are NONE, LOGISTIC, SOFTMAX");
    }

    public bool IsNone => _kind == "NONE";

    public bool IsLogistic => _kind == "LOGISTIC";

    public void Apply(Span<float> scores, int outputs)
    {
        if (_kind == "LOGISTIC")
            for (var i = 0; i < scores.Length; i++) scores[i] = Elementary.Sigmoid(scores[i]);
        if (_kind != "SOFTMAX" || outputs == 0) return;
        var row = outputs <= 256 ? stackalloc double[outputs] : new double[outputs];
        for (var start = 0; start < scores.Length; start += outputs)
        {
            for (var k = 0; k < outputs; k++) row[k] = scores[start + k];
            DeterministicMath.Softmax(row);
            for (var k = 0; k < outputs; k++) scores[start + k] = (float)row[k];
        }
    }
}

/// <summary>The labels of a classifier: strings or integers.</summary>
internal sealed class ClassLabels
{
    private readonly string[] _strings;
    private readonly long[] _longs;

    public ClassLabels(NodeReader node, string longs)
    {
        _strings = node.Texts("classlabels_strings");
        _longs = node.Ints(longs);
        if (_strings.Length > 0 == _longs.Length > 0)
            throw new GraphFault($"exactly one of the attributes classlabels_strings, {longs} is expected");
    }

    public int Count => _strings.Length + _longs.Length;

    /// <summary>Writes the label of the greatest of every row's scores, the first of equals.</summary>
    public void Write(Tensor scores, int outputs, Tensor labels)
    {
        var rows = scores.Dim(0);
        labels.Reset(_strings.Length > 0 ? ElementType.String : ElementType.Int64, rows);
        for (var r = 0; r < rows; r++)
        {
            var row = scores.Floats.Slice(r * outputs, outputs);
            var best = 0;
            for (var k = 1; k < outputs; k++)
                if (row[k] > row[best]) best = k;
            if (_strings.Length > 0) labels.Strings[r] = _strings[best];
            else labels.Longs[r] = _longs[best];
        }
    }
}
