namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Counts work against a limit. Not safe for concurrent use: every workspace has its own.</summary>
internal sealed class Meter
{
    private long _work;
    private long _limit = Limits.BlockWork;

    /// <summary>Elements of all tensors made since the last <see cref="Start"/>.</summary>
    public long Elements { get; private set; }

    public void Start(long limit)
    {
        _work = 0;
        Elements = 0;
        _limit = limit;
    }

    public void Work(long amount)
    {
        _work += amount;
        if (_work > _limit) throw new GraphFault($"the graph does more than {_limit} elementary operations for a few rows");
    }

    public void Made(int elements)
    {
        Elements += elements;
        Work(elements);
    }
}
