using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Rollout;
using Perennial.Functions.Orchestration;

namespace Perennial.Functions.Triggers;

/// <summary>The lifecycle's orchestrations, one function each, named as the lifecycle names them.</summary>
public static class OrchestrationFunctions
{
    /// <summary>A model's eternal instance.</summary>
    [Function("ModelCoordinator")]
    public static Task<JsonElement> CoordinateModel([OrchestrationTrigger] TaskOrchestrationContext context) =>
        DurableOrchestration.Run(context, LifecycleNames.ModelCoordinator, ModelCoordinator.Run);

    /// <summary>One run.</summary>
    [Function("TrainingPipeline")]
    public static Task<JsonElement> Train([OrchestrationTrigger] TaskOrchestrationContext context) =>
        DurableOrchestration.Run(context, LifecycleNames.TrainingPipeline, TrainingPipeline.Run);

    /// <summary>A run's search for the best candidate.</summary>
    [Function("TrialSearch")]
    public static Task<JsonElement> SearchTrials([OrchestrationTrigger] TaskOrchestrationContext context) =>
        DurableOrchestration.Run(context, LifecycleNames.TrialSearch, TrialSearch.Run);

    /// <summary>One challenger against one champion.</summary>
    [Function("Rollout")]
    public static Task<JsonElement> RollOut([OrchestrationTrigger] TaskOrchestrationContext context) =>
        DurableOrchestration.Run(context, LifecycleNames.Rollout, RolloutOrchestration.Run);

    /// <summary>A model's monitor.</summary>
    [Function("MonitorSchedule")]
    public static Task<JsonElement> Monitor([OrchestrationTrigger] TaskOrchestrationContext context) =>
        DurableOrchestration.Run(context, LifecycleNames.MonitorSchedule, MonitorSchedule.Run);
}
