using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Scoring;

namespace Perennial.Learning.Onnx;

/// <summary>
/// An ONNX graph, compiled to be run by managed code alone. Safe for concurrent use. Scores are the same bits on every machine, for a
/// row alone as within any batch (docs/onnx.md says what is supported).
/// </summary>
public sealed class OnnxModel
{
    private readonly CompiledGraph _graph;
    private readonly InputBinding[] _bindings;
    private readonly int _graphOutputs;
    private readonly int _skip;
    private readonly int _blockRows;

    private OnnxModel(CompiledGraph graph, ModelReader reader)
    {
        _graph = graph;
        _bindings = reader.Bindings();
        (_graphOutputs, _blockRows) = Trial.Run(graph, _bindings);
        Inputs = [.. _bindings.SelectMany(b => b.Columns)];
        Classes = reader.Classes();
        Task = reader.Task();
        var expected = Task switch
        {
            TaskKind.Multiclass => Classes.Count,
            null => _graphOutputs,
            _ => 1,
        };
        if (_graphOutputs != expected)
            throw new OnnxFormatException(
                $"The graph gives {_graphOutputs} scores a row; a {Task} model of {Classes.Count} classes has {expected}.");

        // Other exporters give both probabilities of two classes; the second is the one that a binary model's score stands for.
        _skip = Task is null && Classes.Count == 2 && _graphOutputs == 2 ? 1 : 0;
    }

    /// <summary>
    /// The columns that <see cref="Score"/> reads. A graph that was not exported here says nothing of columns: then one column an input
    /// of that name, or f0, f1 and so on where the only input has several columns, or name.0, name.1 where there are several inputs.
    /// </summary>
    public IReadOnlyList<ColumnSchema> Inputs { get; }

    /// <summary>The class names in the order of the scores (binary: negative, positive); empty for regression or where unknown.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What the model predicts; null where the graph was not exported here.</summary>
    public TaskKind? Task { get; }

    /// <summary>Reads, checks and compiles a model. Time and memory are bounded whatever the bytes.</summary>
    /// <exception cref="OnnxFormatException">The bytes are no model that can be run here; the message names node and field.</exception>
    public static OnnxModel Load(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ModelReader(bytes);
        return new OnnxModel(GraphCompiler.Compile(reader.Graph, reader.Opsets, reader.Inputs), reader);
    }

    /// <summary>Scores all rows of a frame; other columns than <see cref="Inputs"/> are not looked at.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another type; text is taken where categories are read.</exception>
    /// <exception cref="OnnxFormatException">A node of a foreign graph cannot deal with a value, such as a division by zero.</exception>
    public Scores Score(Frame rows)
    {
        var columns = Columns(rows);
        var outputs = _graphOutputs - _skip;
        var scores = new double[(long)rows.RowCount * outputs];
        var workspace = _graph.Rent();
        for (var start = 0; start < rows.RowCount; start += _blockRows)
        {
            var count = Math.Min(_blockRows, rows.RowCount - start);
            ScoreBlock(workspace, columns, start, count, scores.AsSpan(start * outputs, count * outputs));
        }

        // Not returned after a fault: what it then holds is nobody's to use again.
        _graph.Return(workspace);
        return new Scores(outputs, scores);
    }

    private void ScoreBlock(Workspace workspace, Column[] columns, int start, int count, Span<double> scores)
    {
        workspace.Meter.Start(Limits.BlockWork, Limits.Elements);
        var next = 0;
        for (var i = 0; i < _bindings.Length; i++)
        {
            var width = _bindings[i].Columns.Length;
            _bindings[i].Fill(workspace.Input(i), columns.AsSpan(next, width), start, count);
            next += width;
        }
        workspace.Run();
        if (workspace.Scores.Count != count * _graphOutputs)
            throw new OnnxFormatException($"The graph gives {workspace.Scores.Count} scores for {count} rows of {_graphOutputs}.");
        var from = workspace.Scores.Floats;
        var outputs = _graphOutputs - _skip;
        for (var s = 0; s < scores.Length; s++) scores[s] = from[s / outputs * _graphOutputs + s % outputs + _skip];
    }

    private Column[] Columns(Frame rows)
    {
        var columns = new Column[Inputs.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var (name, type) = Inputs[i];
            columns[i] = rows.Find(name) ?? throw new ArgumentException($"Column '{name}' of type {type} is missing; the model reads it.");
            if (columns[i].Type != type && !(type == ColumnType.Categorical && columns[i].Type == ColumnType.Text))
                throw new ArgumentException($"Column '{name}' has the type {columns[i].Type}; the model reads {type}.");
        }
        return columns;
    }
}
