using Perennial.Core.Pipelines;

namespace Perennial.Core.Monitoring;

/// <summary>What a monitor pass needs of the pipelines: to see where they stand, and to ask for a run.</summary>
public interface IRetrainings
{
    /// <summary>The newest run, whether one runs, and whether one is wanted.</summary>
    Task<RunsNow> Look(string model, CancellationToken cancellationToken);

    /// <summary>Asks for a run; requests with the same key are one request.</summary>
    Task Request(string model, RunTrigger trigger, CancellationToken cancellationToken);
}

/// <summary>Where a model's runs stand.</summary>
/// <param name="Newest">The newest run; null when there was none.</param>
/// <param name="Busy">Whether a run is in progress or asked for.</param>
public sealed record RunsNow(RunRecord? Newest, bool Busy);
