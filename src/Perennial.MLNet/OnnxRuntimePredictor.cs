using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.MLNet;

/// <summary>A session, with its inputs bound to columns and the output that holds the scores.</summary>
internal sealed class OnnxRuntimePredictor : IPredictor, IDisposable
{
    // Bounds what a call holds beside its result.
    private const int BlockRows = 1024;

    private readonly InferenceSession _session;
    private readonly OnnxRuntimeInput[] _inputs;
    private readonly string _output;
    private readonly int _skip;

    /// <summary>Binds and tries it on two rows without values.</summary>
    /// <exception cref="OnnxFormatException">Inputs are no columns, no output holds scores, or the trial fails.</exception>
    public OnnxRuntimePredictor(InferenceSession session)
    {
        var metadata = GraphMetadata.Read(session.ModelMetadata.CustomMetadataMap);
        _session = session;
        _inputs = OnnxRuntimeInput.Bind(session, metadata);
        _output = OutputOf(session);
        Inputs = [.. _inputs.SelectMany(input => input.Columns)];
        Classes = metadata.Classes;
        if (Inputs.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new OnnxFormatException($"Two inputs read a column named '{twice.Key}'.");
        Outputs = 1;
        var given = Run(Unfilled(2), 0, 2);
        if (given.Length % 2 != 0 || given.Length == 0) throw new OnnxFormatException($"The output '{_output}' holds {given.Length} values of two rows.");
        Outputs = given.Length / 2;
        _skip = metadata.Task is null && Classes.Count == 2 && Outputs == 2 ? 1 : 0;
        Outputs -= _skip;
        var expected = metadata.Task switch { TaskKind.Multiclass => Classes.Count, null => Outputs, _ => 1 };
        if (Outputs != expected) throw new OnnxFormatException($"The graph gives {Outputs} scores a row; a {metadata.Task} model of {Classes.Count} classes has {expected}.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<ColumnSchema> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    private int Outputs { get; }

    /// <inheritdoc/>
    public Scores Score(Frame rows)
    {
        var columns = Inputs.Select(input => Take(rows, input)).ToArray();
        var scores = new double[(long)rows.RowCount * Outputs];
        for (var start = 0; start < rows.RowCount; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows.RowCount - start);
            var given = Run(columns, start, count);
            var width = Outputs + _skip;
            if (given.Length != count * width) throw new OnnxFormatException($"The output '{_output}' holds {given.Length} values of {count} rows; {width} a row are expected.");
            for (var row = 0; row < count; row++)
                for (var k = 0; k < Outputs; k++) scores[((start + row) * Outputs) + k] = given[(row * width) + k + _skip];
        }
        return new Scores(Outputs, scores);
    }

    /// <summary>Lets go of the session's native memory. Nobody may be scoring.</summary>
    public void Dispose() => _session.Dispose();

    private double[] Run(Column[] columns, int start, int count)
    {
        var (values, next) = (new List<NamedOnnxValue>(_inputs.Length), 0);
        foreach (var input in _inputs)
        {
            values.Add(input.Fill(columns.AsSpan(next, input.Columns.Count), start, count));
            next += input.Columns.Count;
        }
        try
        {
            using var results = _session.Run(values, [_output]);
            return results[0].Value switch
            {
                Tensor<float> floats => [.. floats.Select(value => (double)value)],
                Tensor<double> doubles => [.. doubles],
                _ => throw new OnnxFormatException($"The output '{_output}' is no tensor of floats."),
            };
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxFormatException($"ONNX Runtime cannot run the graph: {exception.Message}", exception);
        }
    }

    private static Column Take(Frame rows, ColumnSchema input)
    {
        var column = rows.Find(input.Name) ?? throw new ArgumentException($"Column '{input.Name}' of type {input.Type} is missing; the model reads it.");
        if (column.Type != input.Type && !(IsString(input.Type) && IsString(column.Type)))
            throw new ArgumentException($"Column '{input.Name}' has the type {column.Type}; the model reads {input.Type}.");
        return column;
    }

    // Whether strings are levels or text depends on how many a file has, and is all the same to a graph.
    private static bool IsString(ColumnType type) => type is ColumnType.Categorical or ColumnType.Text;

    private Column[] Unfilled(int rows) => [.. Inputs.Select(input => Unfilled(input, rows))];

    private static Column Unfilled(ColumnSchema input, int rows) => input.Type switch
    {
        ColumnType.Numeric => new NumericColumn(input.Name, new double[rows]),
        ColumnType.Boolean => new BooleanColumn(input.Name, new sbyte[rows]),
        ColumnType.Timestamp => new TimestampColumn(input.Name, [.. Enumerable.Repeat(DateTime.UnixEpoch.Ticks, rows)]),
        _ => new TextColumn(input.Name, new string?[rows]),
    };

    // As the managed scorer chooses: the one named scores, else the last one of floats.
    private static string OutputOf(InferenceSession session)
    {
        var floats = session.OutputNames.Where(name => session.OutputMetadata[name] is { IsTensor: true } output
            && (output.ElementType == typeof(float) || output.ElementType == typeof(double))).ToList();
        return floats.Contains("scores", StringComparer.Ordinal) ? "scores"
            : floats.LastOrDefault() ?? throw new OnnxFormatException("The graph has no output that is a tensor of floats; such an output holds the scores.");
    }
}
