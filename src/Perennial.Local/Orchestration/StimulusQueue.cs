using System.Collections;

namespace Perennial.Local.Orchestration;

/// <summary>Stimuli in order of arrival, and how much memory they take.</summary>
internal sealed class StimulusQueue : IEnumerable<HistoryEvent>
{
    private readonly Queue<HistoryEvent> _stimuli = new();

    /// <summary>So many stimuli.</summary>
    public int Count => _stimuli.Count;

    /// <summary>About how many bytes all of them take.</summary>
    public long Bytes { get; private set; }

    /// <summary>About how many bytes the events among them take: what others sent, of which there may be any number.</summary>
    public long EventBytes { get; private set; }

    /// <summary>Adds a stimulus at the end.</summary>
    public void Enqueue(HistoryEvent stimulus)
    {
        _stimuli.Enqueue(stimulus);
        Weigh(stimulus, 1);
    }

    /// <summary>The first stimulus.</summary>
    public HistoryEvent Peek() => _stimuli.Peek();

    /// <summary>Takes the first stimulus away.</summary>
    public void Dequeue() => Weigh(_stimuli.Dequeue(), -1);

    /// <summary>Takes all away.</summary>
    public void Clear()
    {
        _stimuli.Clear();
        (Bytes, EventBytes) = (0, 0);
    }

    /// <inheritdoc/>
    public IEnumerator<HistoryEvent> GetEnumerator() => _stimuli.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Weigh(HistoryEvent stimulus, int sign)
    {
        Bytes += sign * stimulus.Bytes;
        EventBytes += stimulus.Kind == EventKind.EventReceived ? sign * stimulus.Bytes : 0;
    }
}
