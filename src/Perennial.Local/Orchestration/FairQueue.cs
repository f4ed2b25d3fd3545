using System.Diagnostics.CodeAnalysis;

namespace Perennial.Local.Orchestration;

/// <summary>
/// What waits, in a line for each key. The line whose turn lies furthest back gives next, of its items the oldest whose name has room;
/// so no key waits for more than one item of each other, and a name without room holds up nothing else. A line that has only such
/// names is parked with them until there is room, so that a take costs about the logarithm of the number of lines, however much waits.
/// Not thread-safe.
/// </summary>
/// <param name="hasRoom">Whether another item of a name may be taken now.</param>
internal sealed class FairQueue<T>(Func<string, bool> hasRoom)
{
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Line, long> _ready = new();
    private readonly Dictionary<string, PriorityQueue<Line, long>> _parked = new(StringComparer.Ordinal);
    private long _turn;
    private long _arrivals;

    /// <summary>How many items wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item to the end of its key's line.</summary>
    public void Add(string key, string name, T item)
    {
        if (!_lines.TryGetValue(key, out var line))
        {
            _lines.Add(key, line = new Line(key) { Turn = ++_turn });
        }

        if (!line.Names.TryGetValue(name, out var items))
        {
            line.Names.Add(name, items = new Items(name));
        }

        items.Waiting.Enqueue((++_arrivals, item));
        Count++;
        MakeReady(line);
    }

    /// <summary>Takes the next item whose name has room; false when there is none.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        while (_ready.TryDequeue(out var line, out _))
        {
            line.IsReady = false;
            if (Oldest(line) is { } items)
            {
                item = Take(line, items);
                return true;
            }

            Park(line);
        }

        item = default;
        return false;
    }

    /// <summary>Tells that there is room again for one item of a name: one line that was parked for want of it is looked at again.</summary>
    public void MakeRoom(string name)
    {
        while (_parked.TryGetValue(name, out var parked) && parked.TryDequeue(out var line, out _))
        {
            // A line that gave its last item of this name meanwhile was not taken out of the parking place.
            if (line.Names.TryGetValue(name, out var items) && items.IsParked)
            {
                items.IsParked = false;
                MakeReady(line);
                return;
            }
        }
    }

    public void Clear()
    {
        _lines.Clear();
        _ready.Clear();
        _parked.Clear();
        Count = 0;
    }

    private Items? Oldest(Line line)
    {
        Items? oldest = null;
        foreach (var items in line.Names.Values)
        {
            if (hasRoom(items.Name) && (oldest is null || items.Waiting.Peek().Arrival < oldest.Waiting.Peek().Arrival))
            {
                oldest = items;
            }
        }

        return oldest;
    }

    private T Take(Line line, Items items)
    {
        var item = items.Waiting.Dequeue().Item;
        Count--;
        line.Turn = ++_turn;
        if (items.Waiting.Count == 0)
        {
            line.Names.Remove(items.Name);
        }

        if (line.Names.Count == 0)
        {
            _lines.Remove(line.Key);
        }
        else
        {
            MakeReady(line);
        }

        return item;
    }

    private void MakeReady(Line line)
    {
        if (!line.IsReady)
        {
            line.IsReady = true;
            _ready.Enqueue(line, line.Turn);
        }
    }

    private void Park(Line line)
    {
        foreach (var items in line.Names.Values.Where(items => !items.IsParked))
        {
            items.IsParked = true;
            if (!_parked.TryGetValue(items.Name, out var parked))
            {
                _parked.Add(items.Name, parked = new PriorityQueue<Line, long>());
            }

            parked.Enqueue(line, line.Turn);
        }
    }

    private sealed class Line(string key)
    {
        public string Key => key;

        public Dictionary<string, Items> Names { get; } = new(StringComparer.Ordinal);

        /// <summary>When it gave last, or came.</summary>
        public long Turn { get; set; }

        public bool IsReady { get; set; }
    }

    private sealed class Items(string name)
    {
        public string Name => name;

        public Queue<(long Arrival, T Item)> Waiting { get; } = new();

        public bool IsParked { get; set; }
    }
}
