using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Classification by support vectors with probabilities: a decision for each pair of classes, Platt's sigmoid of it, and the pairs coupled to
/// one probability a class (Wu, Lin and Weng 2004, "Probability Estimates for Multi-class Classification by Pairwise Coupling", the second
/// approach, with LIBSVM's iteration). Outputs: label, by votes of the pairs; scores.
/// </summary>
internal sealed class SvmClassifier : Kernel
{
    private readonly SvmKernel _kernel;
    private readonly ClassLabels _labels;
    private readonly float[] _coefficients, _vectors, _rho, _probA, _probB;
    private readonly int[] _starts;
    private readonly int _classes;

    public SvmClassifier(NodeReader node)
    {
        _kernel = new SvmKernel(node);
        _labels = new ClassLabels(node, "classlabels_ints");
        _classes = _labels.Count;
        (_coefficients, _vectors, _rho) = (node.Floats("coefficients"), node.Floats("support_vectors"), node.Floats("rho"));
        (_probA, _probB) = (node.Floats("prob_a"), node.Floats("prob_b"));
        if (node.Text("post_transform", "NONE") != "NONE") throw new GraphFault("attribute 'post_transform' is not NONE, which alone is supported");
        if (_probA.Length == 0) throw new GraphFault("attribute 'prob_a' is missing: only support vector machines with probabilities are supported");
        var counts = node.Indices("vectors_per_class", Limits.Elements);
        NodeReader.RequireLength("vectors_per_class", counts.Length, _classes);
        if (_classes < 2) throw new GraphFault($"there are {_classes} classes");
        _starts = new int[_classes + 1];
        for (var k = 0; k < _classes; k++) _starts[k + 1] = (int)Math.Min((long)_starts[k] + counts[k], Limits.Elements);
        var pairs = (long)_classes * (_classes - 1) / 2;
        if (_starts[^1] == 0 || _vectors.Length % _starts[^1] != 0) throw new GraphFault($"attribute 'support_vectors' is no {_starts[^1]} vectors");
        if (_coefficients.Length != (_classes - 1L) * _starts[^1] || _rho.Length != pairs || _probA.Length != pairs || _probB.Length != pairs)
            throw new GraphFault($"attributes 'coefficients', 'rho', 'prob_a' and 'prob_b' do not fit {_classes} classes and {_starts[^1]} vectors");
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (outputs.Length < 2) throw new GraphFault("has one output where label and scores are expected");
        var (rows, columns) = Required(inputs, 0).Table();
        var count = _starts[^1];
        if (columns != _vectors.Length / count) throw new GraphFault($"input has {columns} columns where {_vectors.Length / count} are expected");
        outputs[1].Reset(ElementType.Float, rows, _classes);
        outputs[1].Work((long)rows * (count * (columns + (long)_classes) + 100L * _classes * _classes));
        var x = Numbers.Of(Required(inputs, 0));
        var kernels = new double[count];
        var (pairwise, probabilities) = (new double[_classes, _classes], new double[_classes]);
        var votes = outputs[1].Another();
        votes.Reset(ElementType.Float, rows, _classes);
        votes.Floats.Clear();
        for (var r = 0; r < rows; r++)
        {
            var row = x.Slice(r * columns, columns);
            for (var v = 0; v < count; v++) kernels[v] = _kernel.Of(row, _vectors.AsSpan(v * columns, columns));
            Decide(kernels, pairwise, votes.Floats.Slice(r * _classes, _classes));
            Couple(pairwise, probabilities);
            for (var k = 0; k < _classes; k++) outputs[1].Floats[r * _classes + k] = (float)probabilities[k];
        }
        _labels.Write(votes, _classes, outputs[0]);
    }

    // Row i of the coefficients holds those of every other class's vectors against class i or i + 1, whichever that class is not.
    private void Decide(double[] kernels, double[,] pairwise, Span<float> votes)
    {
        var count = kernels.Length;
        for (int i = 0, pair = 0; i < _classes; i++)
        {
            for (var j = i + 1; j < _classes; j++, pair++)
            {
                double sum = _rho[pair];
                for (var v = _starts[i]; v < _starts[i + 1]; v++) sum += _coefficients[(j - 1) * count + v] * kernels[v];
                for (var v = _starts[j]; v < _starts[j + 1]; v++) sum += _coefficients[i * count + v] * kernels[v];
                votes[sum > 0 ? i : j]++;
                var first = DeterministicMath.Sigmoid(-(sum * _probA[pair] + _probB[pair]));
                pairwise[i, j] = Math.Clamp(first, 1e-7, 1 - 1e-7);
                pairwise[j, i] = 1 - pairwise[i, j];
            }
        }
    }

    private void Couple(double[,] pairwise, double[] p)
    {
        var q = new double[_classes, _classes];
        var qp = new double[_classes];
        for (var t = 0; t < _classes; t++)
        {
            p[t] = 1.0 / _classes;
            for (var j = 0; j < _classes; j++)
            {
                if (j == t) continue;
                q[t, t] += pairwise[j, t] * pairwise[j, t];
                q[t, j] = -pairwise[j, t] * pairwise[t, j];
            }
        }
        for (var round = 0; round < Math.Max(100, _classes); round++)
        {
            var pqp = 0.0;
            for (var t = 0; t < _classes; t++)
            {
                qp[t] = 0;
                for (var j = 0; j < _classes; j++) qp[t] += q[t, j] * p[j];
                pqp += p[t] * qp[t];
            }
            if (qp.Max(value => Math.Abs(value - pqp)) < 0.005 / _classes) return;
            for (var t = 0; t < _classes; t++)
            {
                var step = (pqp - qp[t]) / q[t, t];
                p[t] += step;
                pqp = (pqp + step * (step * q[t, t] + 2 * qp[t])) / (1 + step) / (1 + step);
                for (var j = 0; j < _classes; j++)
                {
                    qp[j] = (qp[j] + step * q[t, j]) / (1 + step);
                    p[j] /= 1 + step;
                }
            }
        }
    }
}
