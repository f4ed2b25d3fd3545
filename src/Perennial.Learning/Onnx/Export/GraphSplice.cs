using Google.Protobuf;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Onnx.Export;

/// <summary>
/// Writes the part of a graph from elsewhere that its scores depend on, behind features of ours. What the scores do not depend on is left
/// out: labels that were only there for training, predicted labels, copies of inputs.
/// </summary>
internal static class GraphSplice
{
    // Clip takes its limits as inputs from here on.
    private const int OldestOpset = 11;

    // The axes of these became an input with the operator set 13.
    private static readonly string[] WithAxes = ["ReduceSum", "Squeeze", "Unsqueeze"];

    // Those that mean the same in all the operator sets that are taken and in the one that is written.
    private static readonly string[] Unchanged =
    [
        "Add", "Cast", "Clip", "Concat", "Div", "Exp", "Identity", "Max", "Min", "Mul", "Not", "Sigmoid", "Sub", "Sum",
        "LinearClassifier", "LinearRegressor", "TreeEnsembleClassifier", "TreeEnsembleRegressor",
    ];

    /// <summary>The name of the scores' tensor in our graph.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="predictor">The graph from elsewhere.</param>
    /// <param name="features">The name of the feature vector in our graph.</param>
    /// <exception cref="ArgumentException">The bytes are no such graph, or it has an operator whose meaning depends on the operator set.</exception>
    public static string Write(GraphBuilder graph, GraphPredictor predictor, string features)
    {
        var model = Parse(predictor.Onnx);
        var axesAreInputs = CheckOpsets(model);
        var makers = new Dictionary<string, NodeProto>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Node)
            foreach (var output in node.Output) makers[output] = node;
        var constants = model.Graph.Initializer.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var scores = predictor.Output;
        if (!makers.ContainsKey(scores)) throw new ArgumentException($"The graph makes nothing named '{scores}'.");
        // As often as there are nodes at most: the nodes of a damaged graph can stand in a ring.
        for (var i = 0; i < model.Graph.Node.Count && makers.TryGetValue(scores, out var maker) && maker is { OpType: "Identity", Input.Count: 1 }; i++) scores = maker.Input[0];

        var needed = Needed(makers, scores);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in InputsOf(needed, makers, constants, scores)) names[input] = features;
        foreach (var name in needed.SelectMany(node => node.Input).Distinct(StringComparer.Ordinal))
            if (constants.TryGetValue(name, out var constant)) names[name] = Copy(graph, constant);
        foreach (var node in model.Graph.Node.Where(needed.Contains)) Copy(graph, node, names, axesAreInputs);
        return names[scores];
    }

    private static ModelProto Parse(ReadOnlyMemory<byte> onnx)
    {
        try
        {
            var model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(onnx.Span);
            return model.Graph is not null ? model : throw new ArgumentException("The bytes hold no ONNX graph.");
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ArgumentException($"The bytes are not an ONNX model: {exception.Message}", exception);
        }
    }

    private static bool CheckOpsets(ModelProto model)
    {
        var ai = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? OldestOpset;
        var ml = model.OpsetImport.FirstOrDefault(o => o.Domain == OnnxContract.MlDomain)?.Version ?? 1;
        if (ai is < OldestOpset or > OnnxContract.Opset || ml is < 1 or > OnnxContract.MlOpset)
            throw new ArgumentException(
                $"The graph has the operator sets {ai} and {OnnxContract.MlDomain} {ml}; {OldestOpset} to {OnnxContract.Opset} and 1 to {OnnxContract.MlOpset} can be written behind features.");
        return ai >= 13;
    }

    private static HashSet<NodeProto> Needed(Dictionary<string, NodeProto> makers, string scores)
    {
        var (needed, open) = (new HashSet<NodeProto>(ReferenceEqualityComparer.Instance), new Stack<string>([scores]));
        while (open.TryPop(out var name))
        {
            if (!makers.TryGetValue(name, out var node) || !needed.Add(node)) continue;
            if (!Unchanged.Contains(node.OpType, StringComparer.Ordinal) && !WithAxes.Contains(node.OpType, StringComparer.Ordinal))
                throw new ArgumentException($"The node '{node.Name}' is {node.OpType}, which cannot be written behind features.");
            foreach (var input in node.Input) open.Push(input);
        }
        return needed;
    }

    private static List<string> InputsOf(
        HashSet<NodeProto> needed, Dictionary<string, NodeProto> makers, Dictionary<string, TensorProto> constants, string scores)
    {
        var inputs = needed.SelectMany(node => node.Input).Append(scores).Where(name => name.Length > 0 && !makers.ContainsKey(name) && !constants.ContainsKey(name))
            .Distinct(StringComparer.Ordinal).ToList();
        return inputs.Count == 1 ? inputs
            : throw new ArgumentException($"The scores depend on {inputs.Count} inputs{(inputs.Count > 0 ? $" ({string.Join(", ", inputs)})" : "")}; they may depend on the features alone.");
    }

    private static string Copy(GraphBuilder graph, TensorProto constant)
    {
        var copy = constant.Clone();
        copy.Name = Renamed(constant.Name);
        graph.Graph.Initializer.Add(copy);
        return copy.Name;
    }

    private static void Copy(GraphBuilder graph, NodeProto node, Dictionary<string, string> names, bool axesAreInputs)
    {
        var copy = new NodeProto { Name = Renamed(node.Name), OpType = node.OpType, Domain = node.Domain };
        foreach (var input in node.Input)
            copy.Input.Add(input.Length == 0 ? "" : names.TryGetValue(input, out var name) ? name
                : throw new ArgumentException($"The node '{node.Name}' reads '{input}' before a node has made it."));
        foreach (var output in node.Output) copy.Output.Add(output.Length == 0 ? "" : names[output] = Renamed(output));
        foreach (var attribute in node.Attribute)
        {
            if (!axesAreInputs && attribute.Name == "axes" && WithAxes.Contains(node.OpType, StringComparer.Ordinal))
                copy.Input.Add(graph.Longs([.. attribute.Ints], attribute.Ints.Count));
            else copy.Attribute.Add(attribute.Clone());
        }
        graph.Graph.Node.Add(copy);
    }

    // No name of ours begins so, and the other graph's are told apart already.
    private static string Renamed(string name) => $"{OnnxContract.Reserved}scorer/{name}";
}
