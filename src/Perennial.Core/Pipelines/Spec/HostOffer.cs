namespace Perennial.Core.Pipelines.Spec;

/// <summary>What a host has of that which specs may ask for: not every host has native code.</summary>
/// <param name="Candidates">Its trainers.</param>
/// <param name="Runtimes">Its runtimes, <see cref="ServingRuntime.Auto"/> among them.</param>
public sealed record HostOffer(IReadOnlyList<string> Candidates, IReadOnlyList<ServingRuntime> Runtimes)
{
    /// <summary>What every host has.</summary>
    public static HostOffer BuiltIn { get; } = new(SpecTable.BuiltInCandidates, [ServingRuntime.Auto, ServingRuntime.Managed]);

    /// <summary>Adds a fault for whatever the spec asks for and this host lacks.</summary>
    internal void Check(ModelSpec spec, SpecFaults faults)
    {
        for (var i = 0; i < spec.Train.Candidates.Count; i++)
            if (spec.Train.Candidates[i] is var name && !Candidates.Contains(name))
                faults.Add($"this host does not have '{name}', which comes with ML.NET on the Azure host: name {string.Join(" or ", Candidates.Select(c => $"'{c}'"))} instead, or put the spec to a host that has it",
                    $"$.train.candidates[{i}]");
        if (!Runtimes.Contains(spec.Serving.Runtime))
            faults.Add("this host does not have ONNX Runtime, which comes with the Azure host: say \"auto\" or \"managed\", or put the spec to a host that has it", "$.serving.runtime");
    }
}
