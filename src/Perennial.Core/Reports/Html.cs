using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Perennial.Core.Reports;

/// <summary>Markup that is safe to write. Made by interpolation, which encodes every string put in, so that no data can become markup.</summary>
internal readonly record struct Html(string Markup)
{
    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new("");

    /// <summary>Markup with encoded values: <c>Html.Of($"&lt;b&gt;{name}&lt;/b&gt;")</c>.</summary>
    public static Html Of(HtmlInterpolation markup) => markup.ToHtml();

    /// <summary>Pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Markup)));

    /// <summary>A piece an item.</summary>
    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> piece) => Join(items.Select(piece));

    /// <summary>A piece where the condition holds.</summary>
    public static Html When(bool condition, Func<Html> piece) => condition ? piece() : Empty;

    /// <inheritdoc/>
    public override string ToString() => Markup;
}

/// <summary>Builds <see cref="Html"/> from an interpolated string: literals as they are, strings encoded, numbers with at most two decimals.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlInterpolation(int literalLength, int formattedCount)
{
    private readonly StringBuilder _markup = new(literalLength + (16 * formattedCount));

    /// <summary>Appends markup.</summary>
    public void AppendLiteral(string markup) => _markup.Append(markup);

    /// <summary>Appends markup.</summary>
    public void AppendFormatted(Html markup) => _markup.Append(markup.Markup);

    /// <summary>Appends markup.</summary>
    public void AppendFormatted(IEnumerable<Html> markup) => _markup.Append(Html.Join(markup).Markup);

    /// <summary>Appends a whole number.</summary>
    public void AppendFormatted(int number) => _markup.Append(CultureInfo.InvariantCulture, $"{number}");

    /// <summary>Appends a coordinate.</summary>
    public void AppendFormatted(double number) => _markup.Append(number.ToString("0.##", CultureInfo.InvariantCulture));

    /// <summary>Appends text, encoded for content and for quoted attributes. What XML cannot hold becomes U+FFFD.</summary>
    public void AppendFormatted(string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => _markup.Append("&amp;"),
                '<' => _markup.Append("&lt;"),
                '>' => _markup.Append("&gt;"),
                '"' => _markup.Append("&quot;"),
                '\'' => _markup.Append("&#39;"),
                '\t' or '\n' or '\r' => _markup.Append((char)rune.Value),
                < 0x20 or 0xFFFE or 0xFFFF => _markup.Append('\uFFFD'),
                _ => _markup.Append(rune.ToString()),
            };
        }
    }

    /// <summary>What was built.</summary>
    public Html ToHtml() => new(_markup.ToString());
}
