namespace Perennial.Local.Storage.Disks;

/// <summary>
/// The few file operations that durability is built of, so that a simulated disk can take their place. What is written or renamed is
/// durable only once the file or the folder has been synced. A disk with no space left throws <see cref="Core.Ports.StoreFullException"/>, one
/// that may not be written <see cref="Core.Ports.StoreReadOnlyException"/>.
/// </summary>
internal interface IDisk
{
    bool FileExists(string path);

    bool FolderExists(string path);

    /// <summary>Creates the one folder; its parent must be there. Does nothing where it is there.</summary>
    void CreateFolder(string path);

    /// <summary>The names of the files right in a folder, in ordinal order.</summary>
    IReadOnlyList<string> Files(string folder);

    /// <summary>The names of the folders right in a folder, in ordinal order.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>A new, empty file for writing, in place of any other.</summary>
    IDiskFile Create(string path);

    /// <summary>A file that is there, for reading and writing.</summary>
    IDiskFile OpenForWriting(string path);

    /// <summary>A file for reading, or null when there is none.</summary>
    IDiskFile? OpenForReading(string path);

    /// <summary>Renames a file, in place of any other, atomically.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; does nothing where there is none.</summary>
    void Delete(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="point">Which of the stores' syncs this is; only simulated disks look at it.</param>
    void SyncFolder(string path, SyncPoint point);

    /// <summary>When a file was last written or touched, by the system's clock; null where there is none, or the disk keeps no times.</summary>
    DateTimeOffset? LastWritten(string path) => null;

    /// <summary>Gives a file the present time, if that can be done. Not durable.</summary>
    void Touch(string path)
    {
    }
}

/// <summary>An open file.</summary>
internal interface IDiskFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads up to the buffer's length; 0 at the end.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    void SetLength(long length);

    /// <summary>Makes content and length durable. After it threw, nothing since the sync before may be trusted, even if a later one succeeds.</summary>
    /// <param name="point">Which of the stores' syncs this is; only simulated disks look at it.</param>
    void Sync(SyncPoint point);
}
