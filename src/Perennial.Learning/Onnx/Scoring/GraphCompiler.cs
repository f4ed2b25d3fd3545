using System.Globalization;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>
/// Checks a graph and turns it into steps over numbered slots. Nodes must stand behind what they read, as ONNX demands, which also rules
/// cycles out. Nodes that the scores do not depend on are checked and left out.
/// </summary>
internal sealed class GraphCompiler
{
    public const string Constant = "Constant";
    public const string ZipMap = "ZipMap";

    private readonly GraphProto _graph;
    private readonly Dictionary<string, long> _opsets;
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly List<Tensor?> _constants = [];
    private readonly List<Step> _steps = [];
    private string? _zipped;

    private GraphCompiler(GraphProto graph, Dictionary<string, long> opsets)
    {
        _graph = graph;
        _opsets = opsets;
    }

    /// <summary>Compiles a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="opsets">The operator sets' versions by domain, the default domain being the empty name.</param>
    /// <param name="inputs">The graph inputs that are no constants, in order.</param>
    /// <exception cref="OnnxFormatException">It cannot be run here; the message says which node and field.</exception>
    public static CompiledGraph Compile(GraphProto graph, Dictionary<string, long> opsets, IReadOnlyList<ValueInfoProto> inputs)
    {
        if (graph.Node.Count > Limits.Nodes)
            throw new OnnxFormatException($"The graph has {graph.Node.Count} nodes; at most {Limits.Nodes} are supported.");
        var compiler = new GraphCompiler(graph, opsets);
        foreach (var initializer in graph.Initializer)
        {
            var constant = Guard($"Initializer '{initializer.Name}'", () => TensorReader.Read(initializer));
            compiler.Define(initializer.Name, "an initializer", constant);
        }
        var slots = inputs.Select(i => compiler.Define(i.Name, "a graph input", null)).ToArray();
        for (var n = 0; n < graph.Node.Count; n++) compiler.Add(graph.Node[n], n);
        var scores = compiler.FindScores();
        return new CompiledGraph(TextFusion.Apply(compiler.Needed(scores), scores), [.. compiler._constants], slots, scores);
    }

    private static T Guard<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (GraphFault fault)
        {
            throw new OnnxFormatException($"{where}: {fault.Message}.", fault);
        }
    }

    private int Define(string name, string what, Tensor? constant)
    {
        if (name.Length == 0) throw new OnnxFormatException($"The graph has {what} without a name.");
        if (!_slots.TryAdd(name, _constants.Count))
            throw new OnnxFormatException($"The graph defines '{name}' twice, the second time as {what}.");
        _constants.Add(constant);
        return _constants.Count - 1;
    }

    private void Add(NodeProto node, int number)
    {
        var domain = node.Domain == "ai.onnx" ? "" : node.Domain;
        var where = $"Node {number} '{node.Name}' ({node.OpType})";
        if (node.Output.Count == 0) throw new OnnxFormatException($"{where}: field 'output' is empty.");
        var inputs = node.Input.Select(name => Resolve(name, where)).ToArray();
        var reader = Guard(where, () => new NodeReader(node, name => _slots.TryGetValue(name, out var slot) ? _constants[slot] : null,
            _opsets.GetValueOrDefault(domain)));
        if (domain == "" && node.OpType == Constant)
        {
            Define(node.Output[0], $"an output of {where}", Guard(where, () => ConstantReader.Read(reader)));
            return;
        }
        if (domain == OnnxContract.MlDomain && node.OpType == ZipMap)
        {
            _zipped = node.Input.FirstOrDefault();
            return;
        }
        var kernel = Guard(where, () => OperatorRegistry.Compile(domain, node.OpType, reader));
        if (!_opsets.ContainsKey(domain))
            throw new OnnxFormatException($"{where}: field 'opset_import' of the model lacks the domain '{domain}'.");

        // An output without a name is one that nobody reads; it has a slot all the same, so that kernels need not ask.
        var outputs = new int[node.Output.Count];
        for (var o = 0; o < outputs.Length; o++)
            outputs[o] = Define(node.Output[o].Length > 0 ? node.Output[o] : $"\0{number}/{o}", $"an output of {where}", null);
        _steps.Add(new Step(kernel, inputs, outputs, domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}", where, AttributesOf(node)));
    }

    private static string? AttributesOf(NodeProto node)
    {
        if (node.Attribute.Any(a => a.Type is not (AttributeProto.Types.AttributeType.Int or AttributeProto.Types.AttributeType.Float))) return null;
        return string.Join(' ', node.Attribute.OrderBy(a => a.Name, StringComparer.Ordinal)
            .Select(a => a.Type == AttributeProto.Types.AttributeType.Int
                ? string.Create(CultureInfo.InvariantCulture, $"{a.Name}={a.I}")
                : string.Create(CultureInfo.InvariantCulture, $"{a.Name}={a.F:R}f")));
    }

    private int Resolve(string name, string where) =>
        name.Length == 0 ? -1
        : _slots.TryGetValue(name, out var slot) ? slot
        : throw new OnnxFormatException(
            $"{where}: field 'input' refers to '{name}', which is no graph input, initializer or output of an earlier node "
            + "(a node is lacking, stands too late, or lies on a cycle).");

    private int FindScores()
    {
        var numbers = _graph.Output
            .Where(o => o.Type?.TensorType?.ElemType is (int)TensorProto.Types.DataType.Float or (int)TensorProto.Types.DataType.Double).ToArray();
        var named = numbers.FirstOrDefault(o => o.Name == OnnxContract.Scores) ?? numbers.LastOrDefault();
        var name = named?.Name ?? _zipped
            ?? throw new OnnxFormatException("The graph has no output of floats or doubles that could be scores.");
        if (!_slots.TryGetValue(name, out var slot)) throw new OnnxFormatException($"The graph's output '{name}' is made by no node.");
        return named?.Type.TensorType.ElemType == (int)TensorProto.Types.DataType.Double ? Rounded(slot) : slot;
    }

    // Scores in double are rounded to float once, as a Cast behind the graph would.
    private int Rounded(int slot)
    {
        var to = new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)TensorProto.Types.DataType.Float };
        var cast = new Cast(new NodeReader(new NodeProto { Attribute = { to } }, _ => null, opset: 0));
        var rounded = Define("\0scores", "the scores", null);
        _steps.Add(new Step(cast, [slot], [rounded], "Cast", "The scores"));
        return rounded;
    }

    private Step[] Needed(int scores)
    {
        var needed = new bool[_constants.Count];
        needed[scores] = true;
        var steps = new List<Step>();
        for (var s = _steps.Count - 1; s >= 0; s--)
        {
            if (!_steps[s].Outputs.Any(slot => needed[slot])) continue;
            foreach (var input in _steps[s].Inputs)
                if (input >= 0) needed[input] = true;
            steps.Add(_steps[s]);
        }
        steps.Reverse();
        return [.. steps];
    }
}
