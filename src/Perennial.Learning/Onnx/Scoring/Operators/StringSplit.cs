namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>
/// Splits strings at a delimiter, or at runs of spaces where there is none, along one more axis; shorter rows are padded with empty
/// strings. The second output is how many parts each string has.
/// </summary>
internal sealed class StringSplit : Kernel
{
    private readonly string _delimiter;
    private readonly int _mostParts;

    public StringSplit(NodeReader node)
    {
        _delimiter = node.Text("delimiter", "");
        var most = node.Int("maxsplit", int.MaxValue - 1);
        if (most is < 1 or > int.MaxValue - 1) throw new GraphFault($"attribute 'maxsplit' is {most}; a number from 1 on is expected");
        _mostParts = (int)most + 1;
    }

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var input = Required(inputs, 0);
        if (input.Rank == Limits.Rank) throw new GraphFault($"input has {input.Rank} axes, which leaves no room for one more");
        var from = input.Strings;
        var parts = new string[from.Length][];
        var most = 0;
        for (var i = 0; i < from.Length; i++)
        {
            outputs[0].Work(from[i].Length);
            parts[i] = Split(from[i]);
            most = Math.Max(most, parts[i].Length);
        }
        Span<int> dims = stackalloc int[input.Rank + 1];
        input.Dims.CopyTo(dims);
        dims[^1] = most;
        outputs[0].Reset(ElementType.String, dims);
        var to = outputs[0].Strings;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i].CopyTo(to[(i * most)..]);
            to.Slice(i * most + parts[i].Length, most - parts[i].Length).Fill("");
        }
        if (outputs.Length < 2) return;
        outputs[1].Reset(ElementType.Int64, input.Dims);
        for (var i = 0; i < parts.Length; i++) outputs[1].Longs[i] = parts[i].Length;
    }

    private string[] Split(string text)
    {
        if (_delimiter.Length > 0) return text.Length == 0 ? [] : text.Split(_delimiter, _mostParts, StringSplitOptions.None);
        var parts = text.Trim(' ').Split(' ', _mostParts, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 0) parts[^1] = parts[^1].Trim(' ');
        return parts;
    }
}
