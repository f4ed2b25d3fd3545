using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Core.Rollout;

/// <summary>What the steps of a rollout need.</summary>
public sealed record RolloutServices(
    RolloutJournal Journal, ModelRegistry Registry, ModelSpecs Specs, PackageStore Packages, LabelledTraffic Traffic, IContentStore Content, TimeProvider Clock);
