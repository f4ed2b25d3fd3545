namespace Perennial.Learning.Onnx.Scoring;

/// <summary>Counts work and elements against limits. Not safe for concurrent use: every workspace has its own.</summary>
internal sealed class Meter
{
    private long _mostWork = Limits.BlockWork;
    private long _mostElements = Limits.Elements;

    /// <summary>Elements of all tensors made since the last <see cref="Start"/>.</summary>
    public long Elements { get; private set; }

    /// <summary>Work since the last <see cref="Start"/>.</summary>
    public long Spent { get; private set; }

    public void Start(long mostWork, long mostElements)
    {
        Spent = 0;
        Elements = 0;
        (_mostWork, _mostElements) = (mostWork, mostElements);
    }

    public void Work(long amount)
    {
        Spent += amount;
        if (Spent > _mostWork) throw new GraphFault($"the graph does more than {_mostWork} elementary operations for a few rows");
    }

    public void Made(int elements)
    {
        Elements += elements;
        if (Elements > _mostElements) throw new GraphFault($"the graph makes more than {_mostElements} elements for a few rows");
        Work(elements);
    }
}
