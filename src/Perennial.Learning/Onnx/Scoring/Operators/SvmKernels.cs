using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// The kernel function of a support vector machine, in double: LINEAR a·b, POLY (gamma a·b + coef0)^degree, RBF exp(-gamma |a - b|^2),
/// SIGMOID tanh(gamma a·b + coef0). <c>kernel_params</c> are gamma, coef0 and degree.
/// </summary>
internal sealed class SvmKernel
{
    private readonly string _type;
    private readonly double _gamma, _coef0, _degree;

    public SvmKernel(NodeReader node)
    {
        _type = node.Text("kernel_type", "LINEAR");
        if (_type is not ("LINEAR" or "POLY" or "RBF" or "SIGMOID"))
            throw new GraphFault($"attribute 'kernel_type' is '{_type}'; supported are LINEAR, POLY, RBF, SIGMOID");
        var parameters = node.Floats("kernel_params");
        if (parameters.Length is not (0 or 3)) throw new GraphFault($"attribute 'kernel_params' has {parameters.Length} elements where 3 are expected");
        if (parameters.Length == 3) (_gamma, _coef0, _degree) = (parameters[0], parameters[1], parameters[2]);
    }

    public double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        if (_type == "RBF")
        {
            for (var i = 0; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            return DeterministicMath.Exp(-_gamma * sum);
        }
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return _type switch
        {
            "POLY" => Elementary.Power(_gamma * sum + _coef0, _degree),
            "SIGMOID" => Elementary.Tanh(_gamma * sum + _coef0),
            _ => sum,
        };
    }
}

/// <summary>
/// Regression by support vectors: the sum of coefficients times kernels, then rho; without support vectors a row of coefficients. With
/// <c>one_class</c> the sign.
/// </summary>
internal sealed class SvmRegressor : Kernel
{
    private readonly SvmKernel _kernel;
    private readonly float[] _coefficients, _vectors;
    private readonly double _rho;
    private readonly int _count;
    private readonly bool _oneClass;

    public SvmRegressor(NodeReader node)
    {
        _kernel = new SvmKernel(node);
        (_coefficients, _vectors) = (node.Floats("coefficients"), node.Floats("support_vectors"));
        var rho = node.Floats("rho");
        if (rho.Length != 1) throw new GraphFault($"attribute 'rho' has {rho.Length} elements where 1 is expected");
        _rho = rho[0];
        _oneClass = node.Int("one_class", 0) != 0;
        if (node.Text("post_transform", "NONE") != "NONE") throw new GraphFault("attribute 'post_transform' is not NONE, which alone is supported");
        var supports = node.Int("n_supports", 0);
        if (supports < 0 || supports > _vectors.Length || (supports > 0 && (_coefficients.Length != supports || _vectors.Length % supports != 0)))
            throw new GraphFault($"attribute 'n_supports' is {supports} for {_coefficients.Length} coefficients and {_vectors.Length} numbers of support vectors");
        _count = (int)supports;
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (rows, columns) = Required(inputs, 0).Table();
        var expected = _count > 0 ? _vectors.Length / _count : _coefficients.Length;
        if (columns != expected) throw new GraphFault($"input has {columns} columns where {expected} are expected");
        outputs[0].Reset(ElementType.Float, rows, 1);
        outputs[0].Work((long)rows * Math.Max(1, _count) * columns);
        var x = Numbers.Of(Required(inputs, 0));
        for (var r = 0; r < rows; r++)
        {
            var row = x.Slice(r * columns, columns);
            var sum = _count > 0 ? 0 : _kernel.Of(row, _coefficients);
            for (var s = 0; s < _count; s++) sum += _coefficients[s] * _kernel.Of(row, _vectors.AsSpan(s * columns, columns));
            outputs[0].Floats[r] = _oneClass ? sum + _rho > 0 ? 1 : -1 : (float)(sum + _rho);
        }
    }
}
