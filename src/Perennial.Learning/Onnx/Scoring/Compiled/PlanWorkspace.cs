using Perennial.Learning.Frames;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>What runs of a plan write into, one at a time, for up to so many rows.</summary>
internal sealed class PlanWorkspace
{
    private readonly ScoringPlan _plan;
    private readonly Workspace? _tensors;
    private readonly float[] _features;
    private readonly float[] _margins;
    private readonly object? _scratch;

    public PlanWorkspace(ScoringPlan plan, int rows)
    {
        _plan = plan;
        _tensors = plan.Graph.Steps.Length > 0 || plan.Core is null ? new Workspace(plan.Graph) : null;
        _features = new float[rows * plan.Width];
        _margins = new float[rows * (plan.Core?.Outputs ?? 0)];
        _scratch = plan.Core?.NewScratch(rows);
    }

    /// <summary>The features of the first row.</summary>
    public Span<float> Row => _features.AsSpan(0, _plan.Width);

    /// <summary>The tensor of one of the graph's inputs; only where a node is run as such.</summary>
    public Tensor Input(int input) => _tensors!.Input(input);

    /// <summary>Fills in some rows of a frame's columns, which stand in the order of the plan's.</summary>
    public void Fill(ReadOnlySpan<Column> columns, ReadOnlySpan<int[][]?> rowsOfLevels, int start, int count)
    {
        for (var c = 0; c < columns.Length; c++)
        {
            var plan = _plan.Columns[c];
            plan.Write(columns[c], start, count, rowsOfLevels[c], _features.AsSpan(0, count * _plan.Width), _plan.Width);

            // A binding fills all of its columns at once.
            if (plan.InTensor && plan.Place == 0)
                plan.Binding.Fill(_tensors!.Input(plan.Input), columns.Slice(c, plan.Binding.Columns.Length), start, count);
        }
    }

    /// <summary>Fills in some rows of floats, row-major, a column after the other.</summary>
    public void Fill(ReadOnlySpan<float> values, int count)
    {
        var columns = _plan.Columns;
        for (var c = 0; c < columns.Length; c++)
        {
            foreach (var position in columns[c].Positions)
                for (var row = 0; row < count; row++) _features[row * _plan.Width + position] = values[row * columns.Length + c];
            foreach (var (encoder, position) in columns[c].Numbers)
                for (var row = 0; row < count; row++) _features[row * _plan.Width + position] = encoder.Of(values[row * columns.Length + c]);
            if (!columns[c].InTensor) continue;
            var (tensor, width) = (_tensors!.Input(columns[c].Input), columns[c].Binding.Columns.Length);
            if (columns[c].Place == 0) columns[c].Binding.Size(tensor, count);
            for (var row = 0; row < count; row++) tensor.Floats[row * width + columns[c].Place] = values[row * columns.Length + c];
        }
    }

    /// <summary>Scores the rows that were filled in.</summary>
    /// <returns>The graph's scores, row-major, until the next run.</returns>
    /// <exception cref="OnnxFormatException">A node cannot deal with a value.</exception>
    public ReadOnlySpan<float> Run(int count)
    {
        _tensors?.Meter.Start(Limits.BlockWork, Limits.Elements);
        _tensors?.Run(0, _plan.StepsBefore);
        if (_plan.Core is not { } core) return Checked(_tensors!.Scores, count, _plan.Scores.Outputs);
        foreach (var computed in _plan.Computed)
        {
            var from = Checked(_tensors!.Slot(computed.Slot), count, computed.Width);
            for (var row = 0; row < count; row++)
                from.Slice(row * computed.Width, computed.Width).CopyTo(_features.AsSpan(row * _plan.Width + computed.Position, computed.Width));
        }
        return Run(core, _features.AsSpan(0, count * _plan.Width), count);
    }

    /// <summary>Scores rows of features.</summary>
    /// <returns>The graph's scores, row-major, until the next run.</returns>
    public ReadOnlySpan<float> Run(MarginCore core, ReadOnlySpan<float> features, int count)
    {
        var margins = _margins.AsSpan(0, count * core.Outputs);
        core.Run(features, _plan.Width, margins, _scratch);
        if (_plan.Link is { } link)
        {
            link(margins, core.Outputs);
            return margins;
        }
        var tensor = _tensors!.Slot(_plan.MarginSlot);
        tensor.Reset(ElementType.Float, count, core.Outputs);
        margins.CopyTo(tensor.Floats);
        _tensors.Run(_plan.StepsBefore, _plan.Graph.Steps.Length);
        return Checked(_tensors.Scores, count, _plan.Scores.Outputs);
    }

    private static ReadOnlySpan<float> Checked(Tensor tensor, int rows, int width) => tensor.Count == rows * width
        ? tensor.Floats
        : throw new OnnxFormatException($"The graph gives {tensor.Count} values for {rows} rows of {width}.");
}
