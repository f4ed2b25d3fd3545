using Perennial.Api;
using Perennial.Core.Data;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;

namespace Perennial.Cli.Hosting;

/// <summary>What a file in the inbox starts: a dataset, and a run on it. Idempotent: the same content is the same dataset and the same request.</summary>
public sealed class InboxIntake(ApiServices services, ModelSpecs specs)
{
    /// <summary>Takes a file in; null when it was accepted, else the reason why not.</summary>
    public async Task<string?> Accept(string model, string path, CancellationToken cancellationToken)
    {
        var spec = await specs.Find(model, cancellationToken);
        if (!spec.Succeeded) return spec.Problem.Detail;
        await using var file = File.OpenRead(path);
        var dataset = await services.Datasets.Add(model, spec.Value, file, Path.GetFileName(path), DatasetOrigin.Inbox, cancellationToken);
        if (!dataset.Succeeded)
            return string.Join('\n', [dataset.Problem.Detail, .. (dataset.Problem.Faults ?? []).Select(f => $"{f.Where}: {f.Message}")]);
        var trigger = new RunTrigger(
            RunTriggerKind.Inbox, $"{Path.GetFileName(path)} was put into the inbox.", "inbox", services.Clock.GetUtcNow(), dataset.Value.Id, $"inbox-{dataset.Value.Id}");
        var asked = await services.Runs.Request(model, trigger, cancellationToken);
        return asked.Succeeded ? null : asked.Problem.Detail;
    }
}
