using Perennial.Learning.Numerics;

namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>The activation functions of neural networks with their attributes, each by its formula in the ONNX operators' page.</summary>
internal static class Activations
{
    // SELU's attributes are stored to the nearest float (Klambauer et al. 2017, "Self-Normalizing Neural Networks").
    private const float SeluAlpha = 1.67326319217681884765625f, SeluGamma = 1.05070102214813232421875f;

    public static Kernel LeakyRelu(NodeReader node)
    {
        double alpha = node.Float("alpha", 0.01f);
        return new FloatMap(x => x < 0 ? alpha * x : x);
    }

    public static Kernel ThresholdedRelu(NodeReader node)
    {
        double alpha = node.Float("alpha", 1);
        return new FloatMap(x => x > alpha ? x : 0);
    }

    public static Kernel Elu(NodeReader node)
    {
        double alpha = node.Float("alpha", 1);
        return new FloatMap(x => x < 0 ? alpha * Elementary.ExpMinusOne(x) : x);
    }

    public static Kernel Celu(NodeReader node)
    {
        double alpha = node.Float("alpha", 1);
        return new FloatMap(x => Math.Max(0, x) + Math.Min(0, alpha * Elementary.ExpMinusOne(x / alpha)));
    }

    public static Kernel Selu(NodeReader node)
    {
        double alpha = node.Float("alpha", SeluAlpha), gamma = node.Float("gamma", SeluGamma);
        return new FloatMap(x => gamma * (x <= 0 ? alpha * Elementary.ExpMinusOne(x) : x));
    }

    public static Kernel HardSigmoid(NodeReader node)
    {
        double alpha = node.Float("alpha", 0.2f), beta = node.Float("beta", 0.5f);
        return new FloatMap(x => Math.Clamp(alpha * x + beta, 0, 1));
    }

    public static Kernel HardSwish() => new FloatMap(x => x * Math.Clamp(x / 6 + 0.5, 0, 1));

    public static Kernel Softplus() => new FloatMap(DeterministicMath.Softplus);

    public static Kernel Softsign() => new FloatMap(x => x / (1 + Math.Abs(x)));

    public static Kernel Mish() => new FloatMap(x => x * Elementary.Tanh(DeterministicMath.Softplus(x)));

    public static Kernel Gelu(NodeReader node)
    {
        var approximate = node.Text("approximate", "none");
        return approximate switch
        {
            "none" => new FloatMap(x => x * (1 + Erf(x / Math.Sqrt(2))) / 2),
            "tanh" => new FloatMap(x => x * (1 + Elementary.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2),
            _ => throw new GraphFault($"attribute 'approximate' is '{approximate}'; supported are none, tanh"),
        };
    }

    /// <summary>
    /// The error function: its Maclaurin series up to 3, and beyond 1 less the continued fraction of erfc (Abramowitz and Stegun 1964,
    /// 7.1.5 and 7.1.14), evaluated from a fixed depth.
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        var z = Math.Abs(x);
        if (z > 6) return Math.Sign(x);
        if (z < 3)
        {
            var (term, sum) = (x, x);
            for (var n = 1; n < 80 && Math.Abs(term) > 1e-18; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        var fraction = z;
        for (var n = 60; n > 0; n--) fraction = z + n / 2.0 / fraction;
        var tail = DeterministicMath.Exp(-z * z) / (fraction * Math.Sqrt(Math.PI));
        return x < 0 ? tail - 1 : 1 - tail;
    }
}
