namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>A folder's names twice: as programs see them, and as the platters have them.</summary>
internal sealed class CrashingFolder(string path)
{
    public string Path => path;

    /// <summary>Files and folders by name, as programs see them.</summary>
    public Dictionary<string, object> Live { get; private set; } = new(StringComparer.Ordinal);

    public Dictionary<string, object> Durable { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Changes that no sync has made durable, in order.</summary>
    public List<NameChange> Pending { get; } = [];

    /// <summary>Programs see from now on what is durable.</summary>
    public void Forget()
    {
        Pending.Clear();
        Live = new Dictionary<string, object>(Durable, StringComparer.Ordinal);
    }
}

/// <summary>
/// A change of names: a file or folder gets a name (where <paramref name="Node"/> is one), or a name is removed. A rename takes it from another name
/// at the same moment.
/// </summary>
internal sealed record NameChange(long Order, CrashingFolder Folder, string Name, object? Node, CrashingFolder? From = null, string? FromName = null)
{
    public void Keep()
    {
        if (From is not null)
        {
            if (From.Durable.TryGetValue(FromName!, out var there) && there == Node) From.Durable.Remove(FromName!);
            // The old name must not come back once the new one is durable.
            if (From != Folder) From.Pending.RemoveAll(change => change.Node == Node && change.Name == FromName);
        }
        if (Node is null) Folder.Durable.Remove(Name);
        else Folder.Durable[Name] = Node;
    }
}
