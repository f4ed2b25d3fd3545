using Perennial.Learning.Onnx.Scoring.Operators;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Onnx.Scoring;

/// <summary>
/// Makes one step of a Tokenizer and the TfIdfVectorizer that alone reads it. Between them stands a table as wide as the longest text of a
/// block has words: one long text would make it huge, and nobody needs it. The outputs are the same.
/// </summary>
internal static class TextFusion
{
    /// <summary>The steps with such pairs made one.</summary>
    /// <param name="steps">The nodes, each behind those it reads from.</param>
    /// <param name="scores">The slot of the scores, which must stay.</param>
    public static Step[] Apply(Step[] steps, int scores)
    {
        var fused = new List<Step>(steps);
        foreach (var step in steps)
        {
            if (step is not { Kernel: Tokenizer { IsPlain: true } tokenizer, Outputs: [var tokens, ..] } || tokens == scores) continue;
            if (steps.Where(s => s.Inputs.Contains(tokens)).ToArray() is not [{ Kernel: TfIdfVectorizer terms } counting]) continue;
            if (terms.Table.NumberOf(tokenizer.Pad) != TermTable.Unknown || step.Inputs is not [>= 0]) continue;
            fused[fused.IndexOf(counting)] = counting with { Kernel = new TermCounts(tokenizer, terms), Inputs = step.Inputs };
            fused.Remove(step);
        }
        return [.. fused];
    }

    /// <summary>Counts the terms of each string of a tensor [n].</summary>
    private sealed class TermCounts(Tokenizer tokenizer, TfIdfVectorizer terms) : Kernel
    {
        public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
        {
            var input = Required(inputs, 0);
            if (input.Rank != 1) throw new GraphFault($"texts have {input.Rank} axes; one is expected");
            var from = input.Strings;
            outputs[0].Reset(ElementType.Float, from.Length, terms.Width);
            var to = outputs[0].Floats;
            var spans = new NumberList();
            var tokens = new NumberList();
            var hits = new NumberList();
            for (var row = 0; row < from.Length; row++)
            {
                outputs[0].Work(from[row].Length * terms.WorkPerToken);
                spans.Clear();
                tokens.Clear();
                tokenizer.Find(from[row], ref spans);
                for (var i = 0; i < spans.Count; i += 2) tokens.Add(terms.Table.NumberOf(from[row].AsSpan(spans.Items[i], spans.Items[i + 1])));
                terms.Count(tokens.Items, ref hits, to.Slice(row * terms.Width, terms.Width));
            }
            spans.Dispose();
            tokens.Dispose();
            hits.Dispose();
        }
    }
}
