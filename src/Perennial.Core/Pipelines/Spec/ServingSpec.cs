namespace Perennial.Core.Pipelines.Spec;

/// <summary>How versions are scored, in a run and when they answer.</summary>
public sealed record ServingSpec
{
    /// <summary>What runs their graphs.</summary>
    public ServingRuntime Runtime { get; init; } = ServingRuntime.Auto;
}

/// <summary>What runs a version's graph.</summary>
public enum ServingRuntime
{
    /// <summary>The managed scorer where it has the graph's operators, another runtime of the host otherwise.</summary>
    Auto,

    /// <summary>The managed scorer: the same bits on every machine.</summary>
    Managed,

    /// <summary>ONNX Runtime, where the host has it.</summary>
    OnnxRuntime,
}
