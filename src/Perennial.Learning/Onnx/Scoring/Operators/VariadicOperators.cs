namespace Perennial.Learning.Onnx.Scoring.Operators;

/// <summary>Any number of tensors, folded from the first to the last by an operator of two, with broadcasting.</summary>
internal sealed class Fold(Kernel pair) : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var first = Required(inputs, 0);
        if (inputs.Length == 1)
        {
            outputs[0].CopyFrom(first, first.Dims);
            return;
        }
        var folded = first;
        for (var i = 1; i < inputs.Length; i++)
        {
            var output = i == inputs.Length - 1 ? outputs[0] : outputs[0].Another();
            pair.Run([folded, Required(inputs, i)], [output]);
            folded = output;
        }
    }
}

/// <summary>The mean of any number of tensors: their sum in order, then a division.</summary>
internal sealed class Mean : Kernel
{
    private readonly Fold _sum = new(Arithmetic.Add());

    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        _sum.Run(inputs, outputs);
        if (outputs[0].Type == ElementType.Double)
            foreach (ref var value in outputs[0].Doubles) value /= inputs.Length;
        else
            foreach (ref var value in outputs[0].Floats) value /= inputs.Length;
    }
}

/// <summary>Powers, by <see cref="Elementary.Power"/>; base and exponent may differ in type, and the result has the base's.</summary>
internal sealed class Pow : Kernel
{
    public override void Run(ReadOnlySpan<Tensor?> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var (a, b) = (Required(inputs, 0), Required(inputs, 1));
        var walk = Broadcast.Begin(a, b, b, outputs[0], a.Type);
        while (walk.Move())
        {
            var (i, j) = (walk.AtA, walk.AtB);
            for (var k = walk.Start; k < walk.Start + walk.Length; k++, i += walk.StepA, j += walk.StepB)
                Set(outputs[0], k, Elementary.Power(At(a, i), At(b, j)));
        }
    }

    private static double At(Tensor tensor, int index) => tensor.Type switch
    {
        ElementType.Double => tensor.Doubles[index],
        ElementType.Int64 => tensor.Longs[index],
        _ => tensor.Floats[index],
    };

    private static void Set(Tensor tensor, int index, double value)
    {
        switch (tensor.Type)
        {
            case ElementType.Double: tensor.Doubles[index] = value; break;
            case ElementType.Int64: tensor.Longs[index] = (long)value; break;
            default: tensor.Floats[index] = (float)value; break;
        }
    }
}
