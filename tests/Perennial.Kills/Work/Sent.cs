namespace Perennial.Kills.Work;

/// <summary>
/// Requests of one kind: those that were sent, and what was answered to those whose answer arrived whole. One in flight at a kill may
/// have been done or not. Safe for concurrent use.
/// </summary>
internal sealed class Sent<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (bool Acknowledged, T? Answer)> _byId = new(StringComparer.Ordinal);

    public int Acknowledged
    {
        get { lock (_gate) return _byId.Values.Count(r => r.Acknowledged); }
    }

    public void Send(string id)
    {
        lock (_gate) _byId.TryAdd(id, (false, default));
    }

    public void Acknowledge(string id, T answer)
    {
        lock (_gate) _byId[id] = (true, answer);
    }

    public bool Knows(string id)
    {
        lock (_gate) return _byId.ContainsKey(id);
    }

    /// <summary>What was acknowledged, as it is now.</summary>
    public IReadOnlyList<(string Id, T Answer)> Answers()
    {
        lock (_gate) return [.. _byId.Where(r => r.Value.Acknowledged).Select(r => (r.Key, r.Value.Answer!))];
    }

    /// <summary>What was sent and never answered.</summary>
    public IReadOnlyList<string> Unanswered()
    {
        lock (_gate) return [.. _byId.Where(r => !r.Value.Acknowledged).Select(r => r.Key)];
    }
}
