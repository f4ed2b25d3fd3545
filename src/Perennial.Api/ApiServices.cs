using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Serving;

namespace Perennial.Api;

/// <summary>All that the routes call. Each host composes one.</summary>
public sealed record ApiServices(
    IContentStore Content,
    ModelRegistry Registry,
    PackageStore Packages,
    DatasetCatalog Datasets,
    RunService Runs,
    PredictionService Predictions,
    LabelService Labels,
    MonitorService Monitors,
    RolloutService Rollouts,
    TimeProvider Clock,
    IHostStatus Status,
    IMaintenance Maintenance,
    HostOffer Offer);
