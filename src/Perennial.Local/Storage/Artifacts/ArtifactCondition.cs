namespace Perennial.Local.Storage.Artifacts;

/// <summary>What a look at an artifact's bytes shows.</summary>
public enum ArtifactCondition
{
    /// <summary>The bytes have the hash that names them.</summary>
    Intact,

    /// <summary>There is no such artifact.</summary>
    Missing,

    /// <summary>The bytes were altered or cut.</summary>
    Damaged,
}
