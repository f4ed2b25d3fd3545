namespace Perennial.Learning.Onnx.Scoring;

/// <summary>What bounds time and memory whatever the bytes of a model.</summary>
internal static class Limits
{
    public const long ModelBytes = 512L << 20;
    public const int Nodes = 100_000;
    public const int Columns = 1 << 16;
    /// <summary>Columns that the inputs read: as many as a file may have.</summary>
    public const int InputColumns = 10_000;

    public const int Rank = 6;

    /// <summary>Elements of one stored tensor, and of all tensors of a run together.</summary>
    public const int Elements = 1 << 27;

    /// <summary>Work (elements made, multiplications, nodes of trees visited) of scoring the few rows of the trial at load.</summary>
    public const long TrialWork = 1L << 26;

    /// <summary>Elements of all tensors of the trial together.</summary>
    public const int TrialElements = 1 << 22;

    /// <summary>Work of one block of rows.</summary>
    public const long BlockWork = 1L << 38;

    /// <summary>Rows of one block, and the elements that its tensors should hold together.</summary>
    public const int BlockRows = 1024;
    public const int BlockElements = 1 << 22;
}
