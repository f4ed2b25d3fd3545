namespace Perennial.Local.Storage.Folders;

/// <summary>The folder was written in a format that this version does not read.</summary>
public sealed class FolderFormatException(string folder, string reason) : IOException($"'{folder}' cannot be opened: {reason}");
