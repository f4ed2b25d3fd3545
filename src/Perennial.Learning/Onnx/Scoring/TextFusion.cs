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
        var readers = Readers(steps);
        var fused = new Step?[steps.Length];
        steps.CopyTo(fused, 0);
        for (var s = 0; s < steps.Length; s++)
        {
            var step = steps[s];
            if (step is not { Kernel: Tokenizer { IsPlain: true } tokenizer, Inputs: [>= 0], Outputs: [var tokens, ..] } || tokens == scores) continue;
            if (!readers.TryGetValue(tokens, out var reader) || reader < 0) continue;
            if (steps[reader] is not { Kernel: TfIdfVectorizer terms, Inputs: [_] } counting || terms.Table.NumberOf(tokenizer.Pad) != TermTable.Unknown) continue;
            fused[reader] = counting with { Kernel = new TermCounts(tokenizer, terms), Inputs = step.Inputs };
            fused[s] = null;
        }
        return [.. fused.OfType<Step>()];
    }

    // The only step that reads a slot; -1 where several do.
    private static Dictionary<int, int> Readers(Step[] steps)
    {
        var readers = new Dictionary<int, int>();
        for (var s = 0; s < steps.Length; s++)
            foreach (var slot in steps[s].Inputs) readers[slot] = readers.TryGetValue(slot, out var other) && other != s ? -1 : s;
        return readers;
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
                outputs[0].Work(tokenizer.WorkOf(from[row]) + from[row].Length * terms.WorkPerToken);
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
