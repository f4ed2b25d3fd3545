using Perennial.Learning.Numerics;
using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Every operator that is supported, by domain and name.</summary>
internal static class OperatorRegistry
{
    private static readonly Dictionary<(string Domain, string Name), Func<NodeReader, Kernel>> Operators = new()
    {
        [("", "Abs")] = _ => new NumberMap(Math.Abs, v => v < 0 ? unchecked(-v) : v),
        [("", "Add")] = _ => Arithmetic.Add(),
        [("", "And")] = _ => Comparison.And(),
        [("", "ArgMax")] = node => new ArgBest(node, greatest: true),
        [("", "ArgMin")] = node => new ArgBest(node, greatest: false),
        [("", "BatchNormalization")] = node => new BatchNormalization(node),
        [("", "Cast")] = node => new Cast(node),
        [("", "Ceil")] = _ => new FloatMap(Math.Ceiling),
        [("", "Celu")] = Activations.Celu,
        [("", "Clip")] = node => new Clip(node),
        [("", "Concat")] = node => new Concat(node),
        [("", "ConstantOfShape")] = node => new ConstantOfShape(node),
        [("", "CumSum")] = node => new CumulativeSum(node),
        [("", "Div")] = _ => Arithmetic.Div(),
        [("", "Dropout")] = node => new Dropout(node),
        [("", "Elu")] = Activations.Elu,
        [("", "Equal")] = _ => Comparison.Equal(),
        [("", "Erf")] = _ => new FloatMap(Activations.Erf),
        [("", "Exp")] = _ => new FloatMap(DeterministicMath.Exp),
        [("", "Expand")] = _ => new Expand(),
        [("", "Flatten")] = node => new Flatten(node),
        [("", "Floor")] = _ => new FloatMap(Math.Floor),
        [("", "Gather")] = node => new Gather(node),
        [("", "GatherElements")] = node => new GatherElements(node),
        [("", "Gelu")] = Activations.Gelu,
        [("", "Gemm")] = node => new Gemm(node),
        [("", "Greater")] = _ => Comparison.Greater(),
        [("", "GreaterOrEqual")] = _ => Comparison.GreaterOrEqual(),
        [("", "HardSigmoid")] = Activations.HardSigmoid,
        [("", "HardSwish")] = _ => Activations.HardSwish(),
        [("", "Hardmax")] = node => new Hardmax(node),
        [("", "Identity")] = _ => new Identity(),
        [("", "IsInf")] = FloatTest.IsInf,
        [("", "IsNaN")] = _ => new FloatTest(double.IsNaN),
        [("", "LayerNormalization")] = node => new LayerNormalization(node),
        [("", "LeakyRelu")] = Activations.LeakyRelu,
        [("", "Less")] = _ => Comparison.Less(),
        [("", "LessOrEqual")] = _ => Comparison.LessOrEqual(),
        [("", "Log")] = _ => new FloatMap(DeterministicMath.Log),
        [("", "LogSoftmax")] = node => new LogSoftmax(node),
        [("", "LpNormalization")] = node => new LpNormalization(node),
        [("", "MatMul")] = _ => new MatMul(),
        [("", "Max")] = _ => new Fold(Arithmetic.Max()),
        [("", "Mean")] = _ => new Mean(),
        [("", "Min")] = _ => new Fold(Arithmetic.Min()),
        [("", "Mish")] = _ => Activations.Mish(),
        [("", "Mod")] = Arithmetic.Mod,
        [("", "Mul")] = _ => Arithmetic.Mul(),
        [("", "Neg")] = _ => new NumberMap(v => -v, v => unchecked(-v)),
        [("", "Not")] = _ => new Not(),
        [("", "OneHot")] = node => new OneHot(node),
        [("", "Or")] = _ => Comparison.Or(),
        [("", "PRelu")] = _ => Arithmetic.PRelu(),
        [("", "Pow")] = _ => Arithmetic.Pow(),
        [("", "Reciprocal")] = _ => new FloatMap(v => 1 / v),
        [("", "ReduceL1")] = node => new Reduce(node, Reduction.L1),
        [("", "ReduceL2")] = node => new Reduce(node, Reduction.L2),
        [("", "ReduceLogSum")] = node => new Reduce(node, Reduction.LogSum),
        [("", "ReduceLogSumExp")] = node => new Reduce(node, Reduction.LogSumExp),
        [("", "ReduceMax")] = node => new Reduce(node, Reduction.Max),
        [("", "ReduceMean")] = node => new Reduce(node, Reduction.Mean),
        [("", "ReduceMin")] = node => new Reduce(node, Reduction.Min),
        [("", "ReduceProd")] = node => new Reduce(node, Reduction.Product),
        [("", "ReduceSum")] = node => new Reduce(node, Reduction.Sum),
        [("", "ReduceSumSquare")] = node => new Reduce(node, Reduction.SumSquare),
        [("", "Relu")] = _ => new NumberMap(Elementary.Relu, v => Math.Max(v, 0)),
        [("", "Reshape")] = node => new Reshape(node),
        [("", "Round")] = _ => new FloatMap(Math.Round),
        [("", "Selu")] = Activations.Selu,
        [("", "Shape")] = node => new Shape(node),
        [("", "Sigmoid")] = _ => new FloatMap(DeterministicMath.Sigmoid),
        [("", "Sign")] = _ => new NumberMap(v => double.IsNaN(v) ? v : Math.Sign(v), v => Math.Sign(v)),
        [("", "Size")] = _ => new Size(),
        [("", "Slice")] = node => new Slice(node),
        [("", "Softmax")] = node => new Softmax(node),
        [("", "Softplus")] = _ => Activations.Softplus(),
        [("", "Softsign")] = _ => Activations.Softsign(),
        [("", "Split")] = node => new Split(node),
        [("", "Sqrt")] = _ => new FloatMap(Math.Sqrt),
        [("", "Squeeze")] = node => new Squeeze(node),
        [("", "StringNormalizer")] = node => new StringNormalizer(node),
        [("", "StringSplit")] = node => new StringSplit(node),
        [("", "Sub")] = _ => Arithmetic.Sub(),
        [("", "Sum")] = _ => new Fold(Arithmetic.Add()),
        [("", "Tanh")] = _ => new FloatMap(Elementary.Tanh),
        [("", "TfIdfVectorizer")] = node => new TfIdfVectorizer(node),
        [("", "ThresholdedRelu")] = Activations.ThresholdedRelu,
        [("", "Tile")] = _ => new Tile(),
        [("", "TopK")] = node => new TopK(node),
        [("", "Transpose")] = node => new Transpose(node),
        [("", "Unsqueeze")] = node => new Unsqueeze(node),
        [("", "Where")] = _ => new Where(),
        [("", "Xor")] = _ => Comparison.Xor(),
        [(OnnxContract.MicrosoftDomain, "Tokenizer")] = node => new Tokenizer(node),
        [(OnnxContract.MlDomain, "ArrayFeatureExtractor")] = _ => new ArrayFeatureExtractor(),
        [(OnnxContract.MlDomain, "Binarizer")] = node => new Binarizer(node),
        [(OnnxContract.MlDomain, "CategoryMapper")] = LabelEncoders.CategoryMapper,
        [(OnnxContract.MlDomain, "FeatureVectorizer")] = node => new FeatureVectorizer(node),
        [(OnnxContract.MlDomain, "Imputer")] = node => new Imputer(node),
        [(OnnxContract.MlDomain, "LabelEncoder")] = LabelEncoders.Of,
        [(OnnxContract.MlDomain, "LinearClassifier")] = node => new LinearClassifier(node),
        [(OnnxContract.MlDomain, "LinearRegressor")] = node => new LinearRegressor(node),
        [(OnnxContract.MlDomain, "Normalizer")] = node => new Normalizer(node),
        [(OnnxContract.MlDomain, "OneHotEncoder")] = node => new OneHotEncoder(node),
        [(OnnxContract.MlDomain, "Scaler")] = node => new Scaler(node),
        [(OnnxContract.MlDomain, "SVMClassifier")] = node => new SvmClassifier(node),
        [(OnnxContract.MlDomain, "SVMRegressor")] = node => new SvmRegressor(node),
        [(OnnxContract.MlDomain, "TreeEnsemble")] = TreeEnsemble.Of,
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
