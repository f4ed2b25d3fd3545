using Perennial.Learning.Onnx.Scoring.Operators;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>Finds the features of every string that a graph tells apart, by running its nodes on each.</summary>
internal sealed class TextLookups
{
    private const int MostFeatures = 1 << 20;

    // What starting a node costs beside what it does, and what all lookups of a graph may cost together.
    private const int WorkPerStep = 16;
    private const long MostWork = 2 * Limits.TrialWork;

    private long _left = MostWork;

    /// <summary>
    /// The lookup, or null where strings go into nodes for which they are not alike but for some keys, or finding it would take too long.
    /// </summary>
    /// <param name="graph">The nodes from the one input to the features.</param>
    /// <param name="binding">The input.</param>
    /// <param name="position">Where the features stand among all of a row.</param>
    public TextLookup? Of(CompiledGraph graph, InputBinding binding, int position)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var step in graph.Steps)
        {
            if (!step.Inputs.Contains(graph.Inputs[0])) continue;
            if (step.Kernel is not ITextKeys reader) return null;
            keys.UnionWith(reader.TextKeys);
        }
        var other = "\0";
        while (keys.Contains(other)) other += "\0";
        _left -= graph.Constants.Length + (keys.Count + 1L) * WorkPerStep * graph.Steps.Length;
        if (_left <= 0) return null;
        var workspace = new Workspace(graph);
        var features = new List<float>();
        foreach (var key in keys.Append(other))
        {
            if (!Run(workspace, binding, key)) return null;
            var width = workspace.Scores.Count;
            if (features.Count == 0 && (long)width * (keys.Count + 1) > MostFeatures) return null;
            features.AddRange(workspace.Scores.Floats);
        }
        return features.Count == 0 || features.Count % (keys.Count + 1) != 0 ? null : new TextLookup([.. keys], [.. features], position);
    }

    private bool Run(Workspace workspace, InputBinding binding, string text)
    {
        try
        {
            workspace.Meter.Start(Math.Min(_left, Limits.TrialWork), Limits.TrialElements);
            binding.Size(workspace.Input(0), 1);
            workspace.Input(0).Strings[0] = text;
            workspace.Run();
            return workspace.Scores.Rank == 2;
        }
        catch (OnnxFormatException)
        {
            return false;
        }
        finally
        {
            _left -= workspace.Meter.Spent;
        }
    }
}
