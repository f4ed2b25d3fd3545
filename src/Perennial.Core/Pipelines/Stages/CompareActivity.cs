using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Ends a run that has made a version again: the same bytes are a success, others a failure that says where to look.</summary>
public sealed class CompareActivity(PipelineServices services) : IActivity<RunState, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(RunState input, ActivityContext context, CancellationToken cancellationToken)
    {
        if (!await RunEnd.IsOpen(services, input.Run, cancellationToken)) return Nothing.Value;
        var version = (await services.Registry.FindVersion(input.Run.Model, input.Repeat!.Value, cancellationToken))!;
        var package = await services.Packages.Read(version.Package, cancellationToken);
        var made = (await services.Content.GetJson<FitResult>(input.Fit!.Value, cancellationToken)).Onnx;
        var now = services.Clock.GetUtcNow();
        if (made == package.Model)
        {
            var same = $"Version {version.Version} was made again: model.onnx is the same, byte for byte ({Short(made)}).";
            await RunEnd.Write(services, input.Run, r => r with { Status = RunStatus.Succeeded, EndedAt = now, Conclusion = same }, cancellationToken);
            return Nothing.Value;
        }
        var code = (await package.ReadProvenance(cancellationToken)).Code;
        var differs = $"Version {version.Version} was made again from its dataset, spec and trials, but model.onnx is another: {Short(made)} instead of {Short(package.Model)}. It was made by code {code}; is this host's another?";
        await RunEnd.Write(services, input.Run, r => r with { Status = RunStatus.Failed, EndedAt = now, Conclusion = differs, Failure = new Failure("not-reproduced", differs, Retryable: false) }, cancellationToken);
        return Nothing.Value;
    }

    private static string Short(ContentHash hash) => hash.ToString()[..12];
}
