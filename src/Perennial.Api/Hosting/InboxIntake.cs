using Perennial.Core.Data;
using Perennial.Core.Pipelines;

namespace Perennial.Api.Hosting;

/// <summary>What a blob in the inbox starts: a dataset, and a run on it. Idempotent: the same content is the same dataset and the same request.</summary>
public sealed class InboxIntake(Lifecycle lifecycle)
{
    private ApiServices Services => lifecycle.Services;

    /// <summary>Takes a file in; null when it was accepted, else the reason why not.</summary>
    public async Task<string?> Accept(string model, string name, Stream file, CancellationToken cancellationToken)
    {
        var spec = await lifecycle.Specs.Find(model, cancellationToken);
        if (!spec.Succeeded) return spec.Problem.Detail;
        var dataset = await Services.Datasets.Add(model, spec.Value, file, name, DatasetOrigin.Inbox, cancellationToken);
        if (!dataset.Succeeded)
            return string.Join('\n', [dataset.Problem.Detail, .. (dataset.Problem.Faults ?? []).Select(fault => $"{fault.Where}: {fault.Message}")]);
        var trigger = new RunTrigger(
            RunTriggerKind.Inbox, $"{name} was put into the inbox.", "inbox", Services.Clock.GetUtcNow(), dataset.Value.Id, $"inbox-{dataset.Value.Id}");
        var asked = await Services.Runs.Request(model, trigger, cancellationToken);
        return asked.Succeeded ? null : asked.Problem.Detail;
    }
}
