using Perennial.Core.Governance.Retention;
using Perennial.Core.Outcomes;

namespace Perennial.Api;

/// <summary>How a host looks after its stores while it serves. One thing at a time: the second is a conflict.</summary>
public interface IMaintenance
{
    /// <summary>Removes artifacts that nothing refers to.</summary>
    Task<Outcome<CollectionReport>> Collect(CollectionRequest request, CancellationToken cancellationToken);

    /// <summary>Takes the moment of a backup. Nothing is collected until it is disposed of.</summary>
    Task<Outcome<IBackup>> BeginBackup(CancellationToken cancellationToken);
}

/// <summary>A backup of the moment in which it was begun.</summary>
public interface IBackup : IAsyncDisposable
{
    /// <summary>Writes it, once. When it throws, what was written is no whole backup.</summary>
    Task WriteTo(Stream target, CancellationToken cancellationToken);
}
