using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx.Protos;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>What a model's bytes say, checked as far as it can be without running it.</summary>
internal sealed class ModelReader
{
    private const int OldestOpset = 9;
    private const int NewestOpset = 23;
    private const int NewestMlOpset = 5;

    private readonly ModelProto _model;

    public ModelReader(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > Limits.ModelBytes)
            throw new OnnxFormatException($"The model has {bytes.Length} bytes; at most {Limits.ModelBytes} are supported.");
        try
        {
            _model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"The bytes are not an ONNX model: {e.Message}", e);
        }
        if (_model.Graph is null) throw new OnnxFormatException("The model's field 'graph' is missing.");
        Opsets = ReadOpsets();
        var constants = _model.Graph.Initializer.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. _model.Graph.Input.Where(i => !constants.Contains(i.Name))];
        if (Inputs.Count == 0) throw new OnnxFormatException("The graph has no input.");
    }

    public GraphProto Graph => _model.Graph;

    public Dictionary<string, long> Opsets { get; }

    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    public InputBinding[] Bindings()
    {
        var bound = Metadata(OnnxContract.ColumnsKey) is { } json
            ? OfMetadata(json)
            : Inputs.Select(i => InputBinding.Of(i, Inputs.Count == 1));
        var bindings = new List<InputBinding>();
        var names = new HashSet<string>(StringComparer.Ordinal);

        // One input at a time, so that a few bytes cannot ask for columns without end.
        foreach (var binding in bound)
        {
            foreach (var column in binding.Columns)
                if (!names.Add(column.Name)) throw new OnnxFormatException($"Two inputs read a column named '{column.Name}'.");
            if (names.Count > Limits.InputColumns) throw new OnnxFormatException($"The graph reads more than {Limits.InputColumns} columns.");
            bindings.Add(binding);
        }
        return [.. bindings];
    }

    public TaskKind? Task() => Metadata(OnnxContract.TaskKey) is not { } name ? null
        : Enum.TryParse<TaskKind>(name, out var task) && Enum.IsDefined(task) ? task
        : throw new OnnxFormatException($"The model's metadata '{OnnxContract.TaskKey}' is '{name}', which is no task.");

    public string[] Classes()
    {
        if (Metadata(OnnxContract.ClassesKey) is { } json)
            return Parse(OnnxContract.ClassesKey, json, root => root.EnumerateArray().Select(Text).ToArray());
        var labels = new List<string[]>();
        foreach (var node in _model.Graph.Node)
        {
            if (node.OpType is not ("LinearClassifier" or "SVMClassifier" or "TreeEnsembleClassifier" or GraphCompiler.ZipMap)) continue;
            var names = node.Attribute.Where(a => a.Name is "classlabels_strings" or "classlabels_ints" or "classlabels_int64s")
                .SelectMany(a => a.Ints.Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))
                    .Concat(a.Strings.Select(s => s.ToString(Encoding.UTF8))));
            labels.Add([.. names]);
        }
        return labels.LastOrDefault() ?? [];
    }

    private IEnumerable<InputBinding> OfMetadata(string json)
    {
        var columns = Parse(OnnxContract.ColumnsKey, json, root => root.EnumerateArray().ToDictionary(
            c => Text(c.GetProperty("input")),
            c => new ColumnSchema(Text(c.GetProperty("name")), Enum.Parse<ColumnType>(Text(c.GetProperty("type")))),
            StringComparer.Ordinal));
        if (columns.Count != Inputs.Count)
            throw new OnnxFormatException(
                $"The model's metadata '{OnnxContract.ColumnsKey}' names {columns.Count} columns, the graph has {Inputs.Count} inputs.");
        return Inputs.Select(i => columns.TryGetValue(i.Name, out var column) ? InputBinding.Of(i, column)
            : throw new OnnxFormatException($"The model's metadata '{OnnxContract.ColumnsKey}' does not name the input '{i.Name}'."));
    }

    private static string Text(JsonElement element) =>
        element.GetString() ?? throw new FormatException("null stands where a text is expected");

    private static T Parse<T>(string key, string json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or FormatException)
        {
            throw new OnnxFormatException($"The model's metadata '{key}' cannot be read: {e.Message}", e);
        }
    }

    private string? Metadata(string key) => _model.MetadataProps.FirstOrDefault(p => p.Key == key)?.Value;

    private Dictionary<string, long> ReadOpsets()
    {
        var opsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var opset in _model.OpsetImport) opsets[opset.Domain == "ai.onnx" ? "" : opset.Domain] = opset.Version;
        if (opsets.TryGetValue("", out var version) && version is < OldestOpset or > NewestOpset)
            throw new OnnxFormatException(
                $"The model's field 'opset_import' asks for opset {version}; supported are {OldestOpset} to {NewestOpset}.");
        if (opsets.TryGetValue(OnnxContract.MlDomain, out version) && version is < 1 or > NewestMlOpset)
            throw new OnnxFormatException(
                $"The model's field 'opset_import' asks for {OnnxContract.MlDomain} {version}; supported are 1 to {NewestMlOpset}.");
        return opsets;
    }
}
