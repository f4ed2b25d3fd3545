using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Training;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>The runtime that a spec asks for, from the trials to the answers.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public async Task A_runtime_that_the_host_lacks_fails_the_run_before_anything_is_trained()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec("onnxRuntime"));
        await host.Upload(Data.Some.Csv(300));
        var run = await host.Run();

        Assert.Equal((RunStatus.Failed, "runtime-missing"), (run.Status, run.Failure?.Code));
        Assert.Contains("'onnx-runtime' is wanted, and this host has managed alone", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("validate", run.Stages[^1].Name);
    }

    [Theory]
    [InlineData("onnxRuntime", ServingRuntime.OnnxRuntime, "onnx-runtime runtime")]
    [InlineData("managed", null, "managed runtime")]
    [InlineData("auto", null, "managed runtime")]
    public async Task A_version_is_measured_and_served_by_the_runtime_that_the_spec_names(string word, ServingRuntime? recorded, string environment)
    {
        var (managed, native) = (new Counting("managed"), new Counting("onnx-runtime"));
        await using var host = await PipelineHost.Start(runtime: new FallbackRuntime(managed, native));
        await host.PutSpec(Spec(word));
        await host.Upload(Data.Some.Csv(300));
        var run = await host.Run();
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);

        var (used, spared) = word == "onnxRuntime" ? (native, managed) : (managed, native);
        Assert.True(used.Loads > 0);
        Assert.Equal(0, spared.Loads);
        Assert.Equal(used.Loads, used.Released);
        var package = await host.Package(1);
        Assert.Equal(recorded, package.Signature.Runtime);
        Assert.EndsWith(environment, (await package.ReadProvenance()).Environment, StringComparison.Ordinal);

        var version = (await host.Registry.FindVersion("birds", 1))!;
        await new LoadedVersions(host.Content, host.Services.Runtime).Load(version, CancellationToken.None);
        Assert.Equal(0, spared.Loads);
        var elsewhere = new LoadedVersions(host.Content, new ManagedRuntime());
        if (recorded is null) await elsewhere.Load(version, CancellationToken.None);
        else await Assert.ThrowsAsync<RuntimeMissingException>(() => elsewhere.Load(version, CancellationToken.None));
    }

    [Fact]
    public async Task A_champion_of_a_runtime_that_the_host_lacks_gives_way_and_is_named()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec("auto"));
        await host.Upload(Data.Some.Csv(300));
        await host.Run("one");
        // As a version that was trained on another host and moved here.
        var manifest = await host.Content.GetJson<PackageManifest>((await host.Registry.FindVersion("birds", 1))!.Package);
        var signature = await host.Content.PutJson((await host.Package(1)).Signature with { Runtime = ServingRuntime.OnnxRuntime });
        var package = await host.Content.PutJson(new PackageManifest([.. manifest.Files.Where(f => f.Name != "signature.json"), new PackageFile("signature.json", signature)]));
        await host.Registry.Register("birds", "run-birds-90", package, "moved");
        await host.Registry.Promote("birds", 2, "ann", "moved");
        await host.Upload(Data.Some.Csv(320));

        var run = await host.Run("two");

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Contains("Version 2 cannot be scored here. The runtime 'onnx-runtime' is wanted", run.Conclusion, StringComparison.Ordinal);
    }

    private static string Spec(string runtime) =>
        $$"""{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "train": { "trials": 1 }, "serving": { "runtime": "{{runtime}}" } }""";

    // The managed scorer under another name; its predictors tell when they are let go.
    private sealed class Counting(string name) : IModelRuntime
    {
        private int _loads;
        private int _released;

        public string Name => name;

        public int Loads => _loads;

        public int Released => _released;

        public IPredictor Load(ReadOnlyMemory<byte> onnx)
        {
            Interlocked.Increment(ref _loads);
            return new Predictor(new ManagedRuntime().Load(onnx), () => Interlocked.Increment(ref _released));
        }

        private sealed class Predictor(IPredictor inner, Action released) : IPredictor, IDisposable
        {
            public IReadOnlyList<Learning.Frames.ColumnSchema> Inputs => inner.Inputs;

            public IReadOnlyList<string> Classes => inner.Classes;

            public Learning.Models.Scores Score(Learning.Frames.Frame rows) => inner.Score(rows);

            public void Dispose() => released();
        }
    }
}
