using System.Globalization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>One key of the spec.</summary>
/// <param name="Name">As it is written in the file.</param>
/// <param name="Value">What its value may be.</param>
/// <param name="Doc">What it means, for the schema and for people.</param>
/// <param name="Required">Whether a file without it is refused.</param>
internal sealed record SpecKey(string Name, SpecValue Value, string Doc, bool Required = false);

/// <summary>What a value may be. The reader, the JSON schema and the docs are all made from these.</summary>
internal abstract record SpecValue
{
    /// <summary>Whether null may be written, meaning the same as leaving the key out.</summary>
    public bool Nullable { get; init; }

    /// <summary>What is expected, as it follows "must be".</summary>
    public abstract string Expected { get; }

    /// <summary>A number for messages: shortest form, never a culture's.</summary>
    protected static string Show(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A string.</summary>
internal sealed record TextValue(int MinLength = 1, int MaxLength = 512, string? Pattern = null, string? PatternMeaning = null) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected =>
        PatternMeaning ?? (MinLength == 1 ? $"a string of 1 to {MaxLength} characters" : $"a string of at most {MaxLength} characters");
}

/// <summary>True or false.</summary>
internal sealed record FlagValue : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => "true or false";
}

/// <summary>A real number; <c>Above</c> and <c>Below</c> are exclusive bounds, <c>From</c> and <c>To</c> inclusive ones.</summary>
internal sealed record NumberValue(double? From = null, double? To = null, double? Above = null, double? Below = null) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => string.Join(" and ", new[] { Lower(), Upper() }.Where(part => part.Length > 0)) is { Length: > 0 } bounds
        ? $"a number {bounds}"
        : "a number";

    /// <summary>Whether the number lies within the bounds.</summary>
    public bool Allows(double number) =>
        double.IsFinite(number) && !(number < From) && !(number > To) && !(number <= Above) && !(number >= Below);

    private string Lower() => From is { } from ? $"of at least {Show(from)}" : Above is { } above ? $"above {Show(above)}" : "";

    private string Upper() => To is { } to ? $"at most {Show(to)}" : Below is { } below ? $"below {Show(below)}" : "";
}

/// <summary>A whole number, bounds included.</summary>
internal sealed record IntegerValue(decimal From, decimal To) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"a whole number from {From} to {To}");
}

/// <summary>One of some strings, exactly as written here.</summary>
internal sealed record ChoiceValue(IReadOnlyList<string> Names) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => "one of " + string.Join(", ", Names.Select(name => $"\"{(name == "\t" ? "\\t" : name)}\""));
}

/// <summary>A duration, see <see cref="Duration"/>; bounds included.</summary>
internal sealed record DurationValue(TimeSpan From) : SpecValue
{
    /// <summary>The longest; that of <see cref="Duration"/> when null.</summary>
    public TimeSpan? To { get; init; }

    /// <inheritdoc/>
    public override string Expected => "a number and one of s, m, h, d, w, such as \"30d\""
        + (From > TimeSpan.Zero ? $", and at least {Duration.Format(From)}" : "") + (To is { } to ? $" and at most {Duration.Format(to)}" : "");
}

/// <summary>A list.</summary>
internal sealed record ListValue(SpecValue Item, int MinCount = 0, int MaxCount = 10_000, bool Distinct = true) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => MinCount == 0 ? "a list [...]" : $"a list [...] of {MinCount} to {MaxCount} items";
}

/// <summary>An object whose keys are names of something: any, or those given.</summary>
internal sealed record MapValue(SpecValue Item, IReadOnlyList<string>? Names, string KeyMeaning) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => $"an object {{...}} with a {KeyMeaning} a key";
}

/// <summary>An object with known keys.</summary>
internal sealed record ObjectValue(IReadOnlyList<SpecKey> Keys) : SpecValue
{
    /// <inheritdoc/>
    public override string Expected => "an object {...}";

    /// <summary>The key of this name; null when there is none.</summary>
    public SpecKey? Find(string name) => Keys.FirstOrDefault(key => key.Name == name);
}
