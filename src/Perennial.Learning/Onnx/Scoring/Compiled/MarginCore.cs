namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>The node that turns a row of features into margins, without tensors. Safe for concurrent use.</summary>
internal abstract class MarginCore
{
    /// <summary>How many margins a row has.</summary>
    public abstract int Outputs { get; }

    /// <summary>What one run at a time needs to write into, for up to so many rows.</summary>
    public abstract object? NewScratch(int rows);

    /// <summary>Computes the margins of some rows, the same bits as the node gives.</summary>
    /// <param name="features">Row-major, <paramref name="width"/> a row.</param>
    /// <param name="width">How many features a row has.</param>
    /// <param name="margins">Row-major, <see cref="Outputs"/> a row; its length says how many rows there are.</param>
    /// <param name="scratch">What <see cref="NewScratch"/> gave.</param>
    public abstract void Run(ReadOnlySpan<float> features, int width, Span<float> margins, object? scratch);
}
