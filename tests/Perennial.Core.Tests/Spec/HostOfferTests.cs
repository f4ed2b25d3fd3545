using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Tests.Spec;

public sealed class HostOfferTests
{
    private const string Native = """
        { "model": "m", "label": "y",
          "train": { "candidates": ["linear", "mlnet-fasttree"] },
          "serving": { "runtime": "onnxRuntime" } }
        """;

    [Fact]
    public void A_spec_that_is_only_kept_may_ask_for_what_another_host_has()
    {
        var spec = Read(Native, null).Value;
        Assert.Equal(["linear", "mlnet-fasttree"], spec.Train.Candidates);
        Assert.Equal(ServingRuntime.OnnxRuntime, spec.Serving.Runtime);
    }

    [Fact]
    public void A_host_refuses_what_it_lacks_with_place_and_what_to_do()
    {
        var faults = Read(Native, HostOffer.BuiltIn).Problem!.Faults!;
        Assert.Equal(
        [
            new Fault("perennial.json:2:39 ($.train.candidates[1])",
                "this host does not have 'mlnet-fasttree', which comes with ML.NET on the Azure host: name 'linear' or 'boosted-trees' instead, or put the spec to a host that has it"),
            new Fault("perennial.json:3:27 ($.serving.runtime)",
                "this host does not have ONNX Runtime, which comes with the Azure host: say \"auto\" or \"managed\", or put the spec to a host that has it"),
        ], faults);
    }

    [Fact]
    public void A_host_that_has_both_takes_it() =>
        Assert.True(Read(Native, new HostOffer(["linear", "boosted-trees", "mlnet-fasttree"], Enum.GetValues<ServingRuntime>())).Succeeded);

    [Theory]
    [InlineData("auto", ServingRuntime.Auto)]
    [InlineData("managed", ServingRuntime.Managed)]
    public void Every_host_has_the_managed_scorer(string word, ServingRuntime meant) =>
        Assert.Equal(meant, Read($$"""{ "model": "m", "label": "y", "serving": { "runtime": "{{word}}" } }""", HostOffer.BuiltIn).Value.Serving.Runtime);

    [Fact]
    public void A_runtime_that_nobody_has_is_no_word() =>
        Assert.Contains("\"auto\", \"managed\", \"onnxRuntime\"", Read("""{ "model": "m", "label": "y", "serving": { "runtime": "tensorrt" } }""", null).Problem!.Detail, StringComparison.Ordinal);

    private static Outcome<ModelSpec> Read(string text, HostOffer? host) => SpecReader.Read(System.Text.Encoding.UTF8.GetBytes(text), "perennial.json", host);
}
