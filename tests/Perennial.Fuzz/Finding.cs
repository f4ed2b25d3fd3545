namespace Perennial.Fuzz;

/// <summary>A case that broke a promise.</summary>
/// <param name="Case">Which.</param>
/// <param name="What">What went wrong, in words.</param>
/// <param name="Trace">Where, if an exception tells.</param>
internal sealed record Finding(FuzzCase Case, string What, string? Trace)
{
    /// <summary>Findings with the same key are likely to be one fault.</summary>
    public string Key => $"{Case.Target.Name}: {What[..Math.Min(What.Length, 40)]} {FirstFrame}";

    private string FirstFrame => Trace?.Split('\n').FirstOrDefault(line => line.Contains("Perennial.", StringComparison.Ordinal))?.Trim() ?? "";
}
