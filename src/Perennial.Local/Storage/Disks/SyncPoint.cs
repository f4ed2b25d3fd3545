namespace Perennial.Local.Storage.Disks;

/// <summary>
/// Every place in the stores that makes something durable, one value a call. Tests leave out each in turn and must notice it; a
/// test reads the sources so that no call is without a value of its own.
/// </summary>
internal enum SyncPoint
{
    /// <summary>The name of a folder that a store needs. Without it the folder is lost with everything acknowledged in it.</summary>
    FolderMade,

    /// <summary>A small file's bytes before it gets its name. Without it the name may come to stand for half a file, in place of a whole one.</summary>
    FileContent,

    /// <summary>A small file's name. Without it the file before it comes back, or none: a segment that records were acknowledged in, a blob's old content.</summary>
    FileName,

    /// <summary>Records before they are acknowledged. Without it they are lost.</summary>
    Commit,

    /// <summary>
    /// The records that opening found at a log's end. They may have come from memory only, and are shown and built upon from now on.
    /// Without it they may be lost while later ones stay.
    /// </summary>
    FoundTail,

    /// <summary>The segments that opening found. Without it one whose name never became durable is lost with what is then appended to it.</summary>
    FoundSegments,

    /// <summary>A snapshot's bytes before it gets its name. Without it the name may come to stand for half a snapshot.</summary>
    SnapshotContent,

    /// <summary>A snapshot's name before the segments it stands for are removed. Without it both may be gone.</summary>
    SnapshotName,

    /// <summary>An artifact's bytes before it gets its name. Without it a name may stand for other bytes than its hash says.</summary>
    ArtifactContent,

    /// <summary>An artifact's name before it is acknowledged. Without it the artifact is lost.</summary>
    ArtifactName,

    /// <summary>An artifact's removal. Without it the artifact may come back.</summary>
    ArtifactRemoved,

    /// <summary>
    /// The artifacts that a process before left, or an operation that failed late, when one of them is asked for. Without it one that was said to be there may be lost.
    /// </summary>
    FoundArtifacts,

    /// <summary>The blobs that opening found. Without it one that was shown may be lost, or give way to the one before it.</summary>
    FoundBlobs,

    /// <summary>A blob's removal. Without it the blob may come back.</summary>
    BlobRemoved,
}
