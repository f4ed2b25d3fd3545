using System.Globalization;
using Perennial.Api.Problems;
using Perennial.Api.Routes;
using Perennial.Core.Data;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Api.Hosting;

/// <summary>What a file in the inbox starts: a dataset, and a run on it. Idempotent: the same content is the same dataset and the same request.</summary>
/// <param name="lifecycle">Where specs, datasets and runs are.</param>
/// <param name="maxBytes">The largest file that is taken; as the API's uploads unless told.</param>
public sealed class InboxIntake(Lifecycle lifecycle, long maxBytes = DatasetRoutes.MaxUploadBytes)
{
    private ApiServices Services => lifecycle.Services;

    /// <summary>Takes a file in; null when it was accepted, else the reason why not, which says what to do. A file that is too large is not read, or not to its end.</summary>
    /// <exception cref="IOException">It cannot be taken now, whatever it holds. The same file again is the same request.</exception>
    public async Task<string?> Accept(string model, string name, Stream file, CancellationToken cancellationToken)
    {
        if (TextBounds.CheckName("name", name) is { } badName) return badName.Detail;
        if (RowFormats.ByName(name) is null) return $"'{name}' is none of .csv, .jsonl and .parquet, nor one of them as .gz.";
        if (file.CanSeek && file.Length > maxBytes) return TooLarge(name, $"{file.Length.ToString(CultureInfo.InvariantCulture)} bytes");
        var spec = await lifecycle.Specs.Find(model, cancellationToken);
        if (!spec.Succeeded) return spec.Problem.Detail;
        try
        {
            return await Start(model, name, spec.Value, new BoundedStream(file, maxBytes), cancellationToken);
        }
        catch (OverBoundException)
        {
            return TooLarge(name, $"more than {maxBytes.ToString(CultureInfo.InvariantCulture)} bytes");
        }
    }

    private async Task<string?> Start(string model, string name, ModelSpec spec, Stream file, CancellationToken cancellationToken)
    {
        var dataset = await Services.Datasets.Add(model, spec, file, name, DatasetOrigin.Inbox, cancellationToken);
        if (!dataset.Succeeded)
        {
            ThrowIfPassing(model, name, dataset.Problem);
            return string.Join('\n', [dataset.Problem.Detail, .. (dataset.Problem.Faults ?? []).Select(fault => $"{fault.Where}: {fault.Message}")]);
        }
        var trigger = new RunTrigger(
            RunTriggerKind.Inbox, $"{name} was put into the inbox.", "inbox", Services.Clock.GetUtcNow(), dataset.Value.Id, $"inbox-{dataset.Value.Id}");
        var asked = await Services.Runs.Request(model, trigger, cancellationToken);
        if (asked.Succeeded) return null;
        ThrowIfPassing(model, name, asked.Problem);
        return asked.Problem.Detail;
    }

    // Nothing is wrong with the file: told as its refusal, its rows would never be trained on.
    private static void ThrowIfPassing(string model, string name, Problem problem)
    {
        if (problem.Kind == ProblemKind.Unavailable || problem.Code == RunService.TooManyPending)
            throw new IOException($"'{name}' cannot be taken for model '{model}' now, and is tried again: {problem.Detail}");
    }

    private string TooLarge(string name, string bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"'{name}' has {bytes}; the inbox takes files of {maxBytes} bytes at most. Compress it (.gz, .parquet) or leave rows or columns out.");
}
