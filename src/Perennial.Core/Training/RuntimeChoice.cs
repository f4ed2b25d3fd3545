using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Training;

/// <summary>A spec's word for a runtime, and the host's runtime that it means.</summary>
public static class RuntimeChoice
{
    /// <summary>The name that ONNX Runtime has as a runtime of a host.</summary>
    public const string OnnxRuntime = "onnx-runtime";

    /// <summary>All that a spec may ask of a host with this runtime.</summary>
    public static IReadOnlyList<ServingRuntime> Offered(IModelRuntime host) =>
        [.. Enum.GetValues<ServingRuntime>().Where(choice => choice == ServingRuntime.Auto || Members(host).Any(runtime => runtime.Name == NameOf(choice)))];

    /// <summary>The runtime of the host that is meant.</summary>
    /// <exception cref="RuntimeMissingException">The host does not have it.</exception>
    public static IModelRuntime For(this IModelRuntime host, ServingRuntime choice) =>
        choice == ServingRuntime.Auto ? host
        : Members(host).FirstOrDefault(runtime => runtime.Name == NameOf(choice)) ?? throw new RuntimeMissingException(NameOf(choice), host.Name);

    /// <summary>Loads a graph once, and says which of the host's runtimes took it.</summary>
    public static (IModelRuntime Runtime, IPredictor Predictor) Choose(this IModelRuntime host, ReadOnlyMemory<byte> onnx) =>
        host is FallbackRuntime several ? several.Choose(onnx) : (host, host.Load(onnx));

    /// <summary>Scores rows with a graph that is loaded for them alone, and lets go of what the runtime holds for it.</summary>
    public static Scores ScoreOnce(this IModelRuntime runtime, ReadOnlyMemory<byte> onnx, Frame rows)
    {
        var predictor = runtime.Load(onnx);
        using (predictor as IDisposable) return predictor.Score(rows);
    }

    /// <summary>What a package says of the runtime that its version was measured on; null for the managed one, which every host has.</summary>
    public static ServingRuntime? Recorded(IModelRuntime runtime) => runtime.Name == OnnxRuntime ? ServingRuntime.OnnxRuntime : null;

    private static IReadOnlyList<IModelRuntime> Members(IModelRuntime host) => host is FallbackRuntime several ? several.Runtimes : [host];

    private static string NameOf(ServingRuntime choice) => choice switch
    {
        ServingRuntime.Managed => ManagedRuntime.RuntimeName,
        ServingRuntime.OnnxRuntime => OnnxRuntime,
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "No single runtime has this name."),
    };
}
