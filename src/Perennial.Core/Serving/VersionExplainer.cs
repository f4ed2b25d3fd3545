using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Learning;
using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Serving;

/// <summary>Explains the answers of one version, by its own graph. Safe for concurrent use.</summary>
public sealed class VersionExplainer
{
    private readonly GraphExplainer _graph;

    private VersionExplainer(GraphExplainer graph) => _graph = graph;

    /// <summary>Reads a package's graph, or says why it cannot be explained: it comes from elsewhere, or was packaged without what that takes.</summary>
    public static async Task<Outcome<VersionExplainer>> Open(IContentStore content, PackageManifest manifest)
    {
        try
        {
            var means = manifest.Files.FirstOrDefault(f => f.Name == ExplainerFile.Name) is { } file ? (await content.GetJson<ExplainerFile>(file.Content)).Means : null;
            return new VersionExplainer(GraphExplainer.Load(await content.GetBytes(manifest["model.onnx"]), means));
        }
        catch (NotExplainableException exception)
        {
            return Problem.Conflict("cannot-be-explained",
                $"The version's graph cannot be explained: {exception.Message} Leave 'explain' out, or train with a built-in candidate. Nothing was predicted.");
        }
    }

    /// <summary>Explains every row.</summary>
    /// <param name="signature">The version's signature.</param>
    /// <param name="rows">The rows as they were sent.</param>
    /// <param name="frame">The rows as they were read.</param>
    /// <param name="scores">The version's scores of them.</param>
    /// <param name="columns">How many columns to name.</param>
    public Explanation[] Explain(ModelSignature signature, IReadOnlyList<JsonElement> rows, Frame frame, Scores scores, int columns)
    {
        var contributions = _graph.Explain(frame);
        var explanations = new Explanation[rows.Count];
        for (var row = 0; row < explanations.Length; row++)
        {
            var output = signature.Task == TaskKind.Multiclass ? signature.Classes.ToList().IndexOf(Answers.ClassOf(signature, scores.Row(row))) : 0;
            var answered = signature.Task switch
            {
                TaskKind.Binary => signature.Classes[1],
                TaskKind.Multiclass => signature.Classes[output],
                _ => null,
            };
            explanations[row] = Of(contributions[row].Of(output), output, answered, rows[row], columns);
        }
        return explanations;
    }

    private Explanation Of(ReadOnlySpan<double> byColumn, int output, string? answered, JsonElement row, int columns)
    {
        var values = byColumn.ToArray();
        // The order of the graph's columns where two are as large, so that the same row is always told the same.
        var order = Enumerable.Range(0, values.Length).OrderByDescending(c => Math.Abs(values[c])).ToArray();
        ColumnContribution[] named = [.. order.Take(columns).Select(c => new ColumnContribution(_graph.Columns[c], row.GetProperty(_graph.Columns[c]), values[c]))];
        return new Explanation(_graph.Scale, answered, _graph.BaseValues[output], named, order.Skip(columns).Sum(c => values[c]), _graph.BaseValues[output] + values.Sum());
    }
}
