namespace Perennial.Local.Storage.Folders;

/// <summary>Another process owns the folder.</summary>
public sealed class FolderInUseException(string folder, string owner)
    : IOException($"'{folder}' is in use by process {owner}. Stop that process, or choose another folder with --data.")
{
    /// <summary>The owner's process id, or <c>unknown</c>.</summary>
    public string Owner => owner;
}
