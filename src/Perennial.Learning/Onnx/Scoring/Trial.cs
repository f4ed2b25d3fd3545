namespace Perennial.Learning.Onnx.Scoring;

/// <summary>
/// Runs a graph on a few made-up rows, so that types and shapes that do not fit are found when it is loaded and not when it is needed,
/// and so that a graph that mixes rows is refused.
/// </summary>
internal static class Trial
{
    private const int Rows = 3;

    /// <summary>The number of scores a row, how many rows to score at a time, and the tensors of the last run, which was of one row.</summary>
    /// <exception cref="OnnxFormatException">It cannot be run, costs too much, or does not give every row its own scores.</exception>
    public static (int Outputs, int BlockRows, Workspace Last) Run(CompiledGraph graph, InputBinding[] bindings)
    {
        var workspace = new Workspace(graph);
        var together = Scores(workspace, bindings, 0, Rows);
        var outputs = OutputsOf(workspace.Scores);
        var perRow = Math.Max(1, workspace.Meter.Elements / Rows);
        for (var row = 0; row < Rows; row++)
        {
            var alone = Scores(workspace, bindings, row, 1);
            if (alone.Length != outputs || !alone.AsSpan().SequenceEqual(together.AsSpan(row * outputs, outputs)))
                throw new OnnxFormatException(
                    "The graph gives a row other scores beside other rows than alone, or another number of them.");
        }
        return (outputs, (int)Math.Clamp(Limits.BlockElements / perRow, 1, Limits.BlockRows), workspace);
    }

    private static float[] Scores(Workspace workspace, InputBinding[] bindings, int firstRow, int rows)
    {
        workspace.Meter.Start(Limits.TrialWork, Limits.TrialElements);
        for (var i = 0; i < bindings.Length; i++)
        {
            var tensor = workspace.Input(i);
            bindings[i].Size(tensor, rows);
            var width = bindings[i].Columns.Length;
            for (var e = 0; e < tensor.Count; e++) Set(tensor, e, (e / width + firstRow) % 2);
        }
        workspace.Run();
        if (workspace.Scores.Type != ElementType.Float)
            throw new OnnxFormatException($"The graph's scores are of type {workspace.Scores.Type}, not float.");
        var (height, _) = workspace.Scores.Rank is 1 or 2 ? workspace.Scores.Table() : (-1, 0);
        if (height != rows)
            throw new OnnxFormatException(
                $"The graph's scores for {rows} rows have the shape [{string.Join(", ", workspace.Scores.Dims.ToArray())}].");
        return workspace.Scores.Floats.ToArray();
    }

    private static void Set(Tensor tensor, int index, int value)
    {
        switch (tensor.Type)
        {
            case ElementType.Float: tensor.Floats[index] = value; break;
            case ElementType.Double: tensor.Doubles[index] = value; break;
            case ElementType.Int64: tensor.Longs[index] = value; break;
            case ElementType.Boolean: tensor.Booleans[index] = value == 1; break;
            default: tensor.Strings[index] = value == 1 ? "0" : ""; break;
        }
    }

    private static int OutputsOf(Tensor scores)
    {
        var (_, columns) = scores.Table();
        return columns > 0 ? columns : throw new OnnxFormatException("The graph's scores have no column.");
    }
}
