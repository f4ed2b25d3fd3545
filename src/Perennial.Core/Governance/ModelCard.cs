using System.Globalization;
using System.Text;
using Perennial.Core.Evaluation;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;

namespace Perennial.Core.Governance;

/// <summary><c>card.md</c>: what a person should read before using a version. Short, after Mitchell et al. 2019, "Model Cards for Model Reporting".</summary>
public static class ModelCard
{
    /// <summary>The card as Markdown; the same inputs give the same text.</summary>
    public static string Write(ModelSpec spec, ModelSignature signature, EvaluationReport report, Provenance provenance, string split)
    {
        var card = new StringBuilder();
        card.Append("# ").Append(spec.Model).Append("\n\n").Append(spec.Description ?? $"Predicts '{spec.Label}'.").Append("\n\n");
        card.Append("## What it does\n\n- Task: ").Append(signature.Task.ToString().ToLowerInvariant()).Append(", label '").Append(signature.Label).Append("'\n");
        if (signature.Classes.Count > 0) card.Append("- Classes: ").AppendJoin(", ", signature.Classes).Append('\n');
        card.Append("- Learner: ").Append(provenance.Trainer).Append("\n- Reads: ").AppendJoin(", ", signature.Inputs.Select(i => i.Name)).Append("\n\n");
        card.Append("## How well\n\nMeasured on ").Append(report.Rows.ToString(CultureInfo.InvariantCulture)).Append(" rows that nothing else has seen (").Append(split).Append(")");
        if (report.TestPeriod is { } period) card.Append(CultureInfo.InvariantCulture, $", {period.From:yyyy-MM-dd} to {period.To:yyyy-MM-dd}");
        card.Append(".\n\n| metric | value | 95 % interval | baseline |\n|---|---|---|---|\n");
        foreach (var (name, value) in report.Metrics)
        {
            var interval = report.Intervals.TryGetValue(name, out var i) ? string.Create(CultureInfo.InvariantCulture, $"{i.Low:0.####} to {i.High:0.####}") : "";
            var baseline = report.BaselineMetrics.TryGetValue(name, out var b) ? b.ToString("0.####", CultureInfo.InvariantCulture) : "";
            card.Append(CultureInfo.InvariantCulture, $"| {name} | {value:0.####} | {interval} | {baseline} |\n");
        }
        if (report.Calibrated is { Fitted: { Method: not "none" } fitted } calibrated)
            card.Append(CultureInfo.InvariantCulture, $"\nProbabilities are calibrated ({fitted.Method}). {fitted.Detail} Expected calibration error on the rows above: {Value(calibrated.Before, "calibrationError")} before, {Value(report.Metrics, "calibrationError")} after.\n");
        card.Append("\n## Gates\n\n");
        foreach (var gate in report.Gates) card.Append("- ").Append(gate.Gate).Append(gate.Passed ? " passed: " : " did not pass: ").Append(gate.Detail).Append('\n');
        card.Append("\n## Limits\n\n- Left out: ").AppendJoin(", ", signature.Ignored).Append(".\n- No value tells which columns exist only after the event; ");
        card.Append(spec.Data.KnownLater.Count == 0 ? "none was declared.\n" : $"declared were {string.Join(", ", spec.Data.KnownLater)}.\n");
        card.Append("\n## Where it comes from\n\n- Dataset ").Append(provenance.Dataset).Append("\n- Spec ").Append(provenance.Spec);
        card.Append(CultureInfo.InvariantCulture, $"\n- Seed {provenance.Seed}, code {provenance.Code}\n");
        return card.ToString();
    }

    private static string Value(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? value.ToString("0.####", CultureInfo.InvariantCulture) : "undefined";
}
