using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx.Scoring;
using Perennial.Learning.Onnx.Scoring.Compiled;

namespace Perennial.Learning.Onnx;

/// <summary>
/// An ONNX graph, compiled to be run by managed code alone. Safe for concurrent use. Scores are the same bits on every machine, for a
/// row alone as within any batch (docs/onnx.md says what is supported).
/// </summary>
public sealed class OnnxModel
{
    private readonly ScoringPlan _plan;

    private OnnxModel(CompiledGraph graph, ModelReader reader, MaskKernel? kernel)
    {
        var bindings = reader.Bindings();
        var (graphOutputs, blockRows, trial) = Trial.Run(graph, bindings);
        Inputs = [.. bindings.SelectMany(b => b.Columns)];
        Classes = reader.Classes();
        Task = reader.Task();
        var expected = Task switch
        {
            TaskKind.Multiclass => Classes.Count,
            null => graphOutputs,
            _ => 1,
        };
        if (graphOutputs != expected)
            throw new OnnxFormatException(
                $"The graph gives {graphOutputs} scores a row; a {Task} model of {Classes.Count} classes has {expected}.");

        // Other exporters give both probabilities of two classes; the second is the one that a binary model's score stands for.
        var skip = Task is null && Classes.Count == 2 && graphOutputs == 2 ? 1 : 0;
        _plan = kernel is not null
            ? PlanCompiler.Compile(graph, bindings, trial, (graphOutputs, skip), blockRows, kernel)
            : PlanCompiler.Interpreted(graph, bindings, (graphOutputs, skip), blockRows);
    }

    /// <summary>
    /// The columns that <see cref="Score(Frame)"/> reads. A graph that was not exported here says nothing of columns: then one column an input
    /// of that name, or f0, f1 and so on where the only input has several columns, or name.0, name.1 where there are several inputs.
    /// </summary>
    public IReadOnlyList<ColumnSchema> Inputs { get; }

    /// <summary>The class names in the order of the scores (binary: negative, positive); empty for regression or where unknown.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What the model predicts; null where the graph was not exported here.</summary>
    public TaskKind? Task { get; }

    /// <summary>How many scores a row has: 1 for binary and regression, one a class for multiclass.</summary>
    public int Outputs => _plan.Scores.Outputs - _plan.Scores.Skip;

    /// <summary>How the graph is run; for tests.</summary>
    internal ScoringPlan Plan => _plan;

    /// <summary>Reads, checks and compiles a model. Time and memory are bounded whatever the bytes.</summary>
    /// <exception cref="OnnxFormatException">The bytes are no model that can be run here; the message names node and field.</exception>
    public static OnnxModel Load(ReadOnlyMemory<byte> bytes) => Load(bytes, MaskKernel.Best);

    /// <summary>The same with a kernel of one's own, or none where every node is to be run as such.</summary>
    internal static OnnxModel Load(ReadOnlyMemory<byte> bytes, MaskKernel? kernel)
    {
        var reader = new ModelReader(bytes);
        return new OnnxModel(GraphCompiler.Compile(reader.Graph, reader.Opsets, reader.Inputs), reader, kernel);
    }

    /// <summary>Scores all rows of a frame; other columns than <see cref="Inputs"/> are not looked at.</summary>
    /// <exception cref="ArgumentException">A column is missing or has another type; text is taken where categories are read.</exception>
    /// <exception cref="OnnxFormatException">A node of a foreign graph cannot deal with a value, such as a division by zero.</exception>
    public Scores Score(Frame rows)
    {
        var columns = Columns(rows);
        var scores = new double[(long)rows.RowCount * Outputs];
        var rowsOfLevels = new int[columns.Length][][];
        for (var c = 0; c < columns.Length; c++) rowsOfLevels[c] = _plan.Columns[c].RowsOfLevels(columns[c])!;
        var workspace = _plan.Rent();
        for (var start = 0; start < rows.RowCount; start += _plan.BlockRows)
        {
            var count = Math.Min(_plan.BlockRows, rows.RowCount - start);
            workspace.Fill(columns, rowsOfLevels, start, count);
            Take(workspace.Run(count), scores.AsSpan(start * Outputs, count * Outputs));
        }

        // Not returned after a fault: what it then holds is nobody's to use again.
        _plan.Return(workspace);
        return new Scores(Outputs, scores);
    }

    /// <summary>Scores rows of numbers, where all <see cref="Inputs"/> are numeric or boolean. Allocates nothing that depends on the rows.</summary>
    /// <param name="inputs">Row-major, a value a column of <see cref="Inputs"/>: NaN where missing, 1 and 0 for true and false.</param>
    /// <param name="scores">Row-major, <see cref="Outputs"/> a row.</param>
    /// <exception cref="InvalidOperationException">A column is neither numeric nor boolean, or the graph reads it as integers or truth values.</exception>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="OnnxFormatException">A node of a foreign graph cannot deal with a value.</exception>
    public void Score(ReadOnlySpan<float> inputs, Span<float> scores)
    {
        var (width, rows) = (_plan.Columns.Length, scores.Length / Outputs);
        if (Array.Find(_plan.Columns, c => c.Binding.Type != ElementType.Float) is { } other)
            throw new InvalidOperationException($"The graph does not read column '{other.Schema.Name}' as a float; score a frame or a row.");
        if (rows * Outputs != scores.Length || (long)rows * width != inputs.Length)
            throw new ArgumentException($"{inputs.Length} values of {width} columns do not fit {scores.Length} scores of {Outputs} a row.");
        var workspace = _plan.Rent();
        for (var start = 0; start < rows; start += _plan.BlockRows)
        {
            var count = Math.Min(_plan.BlockRows, rows - start);
            var values = inputs.Slice(start * width, count * width);
            if (!_plan.IsDirect) workspace.Fill(values, count);
            var given = _plan.IsDirect ? workspace.Run(_plan.Core!, values, count) : workspace.Run(count);
            Take(given, scores.Slice(start * Outputs, count * Outputs));
        }
        _plan.Return(workspace);
    }

    /// <summary>A row to be filled and scored, with all its values missing.</summary>
    public ScoringRow CreateRow() => new(_plan);

    /// <summary>
    /// Scores a row: the same bits as in a frame. Where the graph is one of trees or linear and strings are only looked up in it, as in
    /// graphs that are exported here, nothing is allocated.
    /// </summary>
    /// <param name="row">A row that this model made.</param>
    /// <param name="scores">As many elements as <see cref="Outputs"/>.</param>
    /// <exception cref="ArgumentException">The row is another model's, or the length does not fit.</exception>
    /// <exception cref="OnnxFormatException">A node of a foreign graph cannot deal with a value.</exception>
    public void Score(ScoringRow row, Span<double> scores)
    {
        if (row.Plan != _plan) throw new ArgumentException("The row was made by another model.", nameof(row));
        if (scores.Length != Outputs) throw new ArgumentException($"There is room for {scores.Length} scores of {Outputs}.", nameof(scores));
        Take(row.Workspace.Run(1), scores);
    }

    private void Take(ReadOnlySpan<float> given, Span<double> scores)
    {
        var (outputs, skip) = _plan.Scores;
        if (outputs == 1)
            for (var i = 0; i < scores.Length; i++) scores[i] = given[i];
        else
            for (var i = 0; i < scores.Length; i++) scores[i] = given[i / Outputs * outputs + i % Outputs + skip];
    }

    private void Take(ReadOnlySpan<float> given, Span<float> scores)
    {
        var (outputs, skip) = _plan.Scores;
        if (skip == 0) given.CopyTo(scores);
        else
            for (var i = 0; i < scores.Length; i++) scores[i] = given[i / Outputs * outputs + i % Outputs + skip];
    }

    // Whether strings are levels or text depends on how many a file has, and is all the same to a graph.
    private static bool IsString(ColumnType type) => type is ColumnType.Categorical or ColumnType.Text;

    private Column[] Columns(Frame rows)
    {
        var columns = new Column[Inputs.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var (name, type) = Inputs[i];
            columns[i] = rows.Find(name) ?? throw new ArgumentException($"Column '{name}' of type {type} is missing; the model reads it.");
            if (columns[i].Type != type && !(IsString(type) && IsString(columns[i].Type)))
                throw new ArgumentException($"Column '{name}' has the type {columns[i].Type}; the model reads {type}.");
        }
        return columns;
    }
}
