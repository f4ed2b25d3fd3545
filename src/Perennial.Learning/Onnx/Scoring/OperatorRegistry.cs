using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Every operator that is supported, by domain and name.</summary>
internal static class OperatorRegistry
{
    private static readonly Dictionary<(string Domain, string Name), Func<NodeReader, Kernel>> Operators = new()
    {
        [("", "Abs")] = _ => new NumberMap(MathF.Abs, v => v < 0 ? unchecked(-v) : v),
        [("", "Add")] = _ => Arithmetic.Add(),
        [("", "And")] = _ => Comparison.And(),
        [("", "ArgMax")] = node => new ArgMax(node),
        [("", "Cast")] = node => new Cast(node),
        [("", "Clip")] = _ => new Clip(),
        [("", "Concat")] = node => new Concat(node),
        [("", "Div")] = _ => Arithmetic.Div(),
        [("", "Equal")] = _ => Comparison.Equal(),
        [("", "Exp")] = _ => new FloatMap(Elementary.Exp),
        [("", "Flatten")] = node => new Flatten(node),
        [("", "Gather")] = node => new Gather(node),
        [("", "Gemm")] = node => new Gemm(node),
        [("", "Greater")] = _ => Comparison.Greater(),
        [("", "GreaterOrEqual")] = _ => Comparison.GreaterOrEqual(),
        [("", "Identity")] = _ => new Identity(),
        [("", "IsNaN")] = _ => new IsNaN(),
        [("", "Less")] = _ => Comparison.Less(),
        [("", "LessOrEqual")] = _ => Comparison.LessOrEqual(),
        [("", "Log")] = _ => new FloatMap(Elementary.Log),
        [("", "MatMul")] = _ => new MatMul(),
        [("", "Mod")] = Arithmetic.Mod,
        [("", "Mul")] = _ => Arithmetic.Mul(),
        [("", "Neg")] = _ => new NumberMap(v => -v, v => unchecked(-v)),
        [("", "Not")] = _ => new Not(),
        [("", "Or")] = _ => Comparison.Or(),
        [("", "Relu")] = _ => new NumberMap(Elementary.Relu, v => Math.Max(v, 0)),
        [("", "Reshape")] = node => new Reshape(node),
        [("", "Sigmoid")] = _ => new FloatMap(Elementary.Sigmoid),
        [("", "Softmax")] = node => new Softmax(node),
        [("", "Squeeze")] = node => new Squeeze(node),
        [("", "Sub")] = _ => Arithmetic.Sub(),
        [("", "Tanh")] = _ => new FloatMap(Elementary.Tanh),
        [("", "Unsqueeze")] = node => new Unsqueeze(node),
        [("", "Where")] = _ => new Where(),
        [(OnnxContract.MlDomain, "ArrayFeatureExtractor")] = _ => new ArrayFeatureExtractor(),
        [(OnnxContract.MlDomain, "Imputer")] = node => new Imputer(node),
        [(OnnxContract.MlDomain, "LabelEncoder")] = LabelEncoders.Of,
        [(OnnxContract.MlDomain, "LinearClassifier")] = node => new LinearClassifier(node),
        [(OnnxContract.MlDomain, "LinearRegressor")] = node => new LinearRegressor(node),
        [(OnnxContract.MlDomain, "Normalizer")] = node => new Normalizer(node),
        [(OnnxContract.MlDomain, "OneHotEncoder")] = node => new OneHotEncoder(node),
        [(OnnxContract.MlDomain, "Scaler")] = node => new Scaler(node),
        [(OnnxContract.MlDomain, "TreeEnsembleClassifier")] = node => new TreeEnsembleClassifier(node),
        [(OnnxContract.MlDomain, "TreeEnsembleRegressor")] = node => new TreeEnsembleRegressor(node),
    };

    /// <summary>The supported operators, for messages and documentation; Constant and ZipMap are dealt with by the compiler.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Operators.Keys.Append(("", GraphCompiler.Constant)).Append((OnnxContract.MlDomain, GraphCompiler.ZipMap))
            .Select(key => key.Item1.Length == 0 ? key.Item2 : $"{key.Item1}.{key.Item2}").Order(StringComparer.Ordinal),
    ];

    /// <summary>The node's kernel.</summary>
    /// <exception cref="GraphFault">The operator is lacking, or its attributes do not fit.</exception>
    public static Kernel Compile(string domain, string name, NodeReader node)
    {
        if (!Operators.TryGetValue((domain, name), out var make))
        {
            var full = domain.Length == 0 ? name : $"{domain}.{name}";
            throw new GraphFault($"the operator {full} is not supported; supported are {string.Join(", ", Names)}");
        }
        var kernel = make(node);
        return node.Unread.FirstOrDefault() is { } unread ? throw new GraphFault($"attribute '{unread}' is not supported") : kernel;
    }
}
