using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Core.Monitoring;

/// <summary>What the steps of the monitor need.</summary>
public sealed record MonitorServices(
    MonitorJournal Journal,
    ModelRegistry Registry,
    ModelSpecs Specs,
    PackageStore Packages,
    LabelledTraffic Traffic,
    IRetrainings Retrainings,
    INotifier Notifier,
    IContentStore Content,
    TimeProvider Clock);
