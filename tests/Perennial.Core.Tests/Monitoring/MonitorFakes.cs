using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Core.Tests.Monitoring;

/// <summary>Remembers the runs that were asked for.</summary>
public sealed class RecordingRetrainings : IRetrainings
{
    public RunsNow Runs { get; set; } = new(null, false);

    public List<RunTrigger> Requested { get; } = [];

    public Task<RunsNow> Look(string model, CancellationToken cancellationToken) => Task.FromResult(Runs);

    public Task Request(string model, RunTrigger trigger, CancellationToken cancellationToken)
    {
        Requested.Add(trigger);
        return Task.CompletedTask;
    }
}

/// <summary>Remembers notices; throws while it is out of reach.</summary>
public sealed class RecordingNotifier : INotifier
{
    public bool IsOutOfReach { get; set; }

    public List<Notice> Notices { get; } = [];

    public Task Notify(Notice notice, CancellationToken cancellationToken = default)
    {
        if (IsOutOfReach) throw new IOException("Nobody answers.");
        Notices.Add(notice);
        return Task.CompletedTask;
    }
}
