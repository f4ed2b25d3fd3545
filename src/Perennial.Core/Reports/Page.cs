namespace Perennial.Core.Reports;

/// <summary>The parts every page is made of. A page is one file: style and pictures are inside, nothing is fetched, no script runs.</summary>
internal static class Page
{
    /// <summary>A whole page. It is XML as well as HTML.</summary>
    public static string Render(string title, Html body) => Html.Of(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>{title}</title>
        <style>{new Html(PageStyle.Css)}</style>
        </head>
        <body>
        <main>
        {body}
        </main>
        </body>
        </html>

        """).Markup;

    /// <summary>The head of a page: where one is, and what came out in one sentence.</summary>
    public static Html Header(string kicker, Tone tone, string verdict, string sentence, Html facts) => Html.Of(
        $"""
        <header>
        <p class="kicker">{kicker}</p>
        <h1>{Badge(tone, verdict)} {sentence}</h1>
        <p class="facts">{facts}</p>
        </header>
        """);

    /// <summary>A part of a page under a title, with an optional line that says what it shows.</summary>
    public static Html Section(string title, string? lead, params ReadOnlySpan<Html> parts)
    {
        var content = Html.Join(parts.ToArray());
        return Html.Of($"<section><h2>{title}</h2>{Html.When(lead is not null, () => Html.Of($"<p class=\"lead\">{lead}</p>"))}{content}</section>\n");
    }

    /// <summary>Parts side by side where there is room.</summary>
    public static Html Row(params ReadOnlySpan<Html> parts) => Html.Of($"<div class=\"row\">{Html.Join(parts.ToArray().Where(part => part != Html.Empty))}</div>");

    /// <summary>Smaller parts side by side, three where there is room.</summary>
    public static Html Three(params ReadOnlySpan<Html> parts) => Html.Of($"<div class=\"row three\">{Html.Join(parts.ToArray())}</div>");

    /// <summary>A figure that matters, large.</summary>
    public static Html Tile(string label, string value, string? note, Tone tone = Tone.Plain) => Html.Of(
        $"<div class=\"tile {Name(tone)}\"><div class=\"label\">{label}</div><div class=\"value\">{value}</div><div class=\"note\">{note}</div></div>");

    /// <summary>Tiles in a row.</summary>
    public static Html Tiles(IEnumerable<Html> tiles) => Html.Of($"<div class=\"tiles\">{tiles}</div>\n");

    /// <summary>A word with a mark, so that colour is never the only sign.</summary>
    public static Html Badge(Tone tone, string text)
    {
        var mark = tone switch { Tone.Good => "✓ ", Tone.Bad => "✕ ", Tone.Warn => "! ", _ => "" };
        return Html.Of($"<span class=\"badge {Name(tone)}\">{mark}{text}</span>");
    }

    /// <summary>A table. Columns whose title begins with '#' are numbers, aligned right.</summary>
    public static Html Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Html>> rows)
    {
        var numeric = columns.Select(column => column.StartsWith('#')).ToArray();
        var head = Html.Each(columns, column => Html.Of($"<th scope=\"col\"{Class(column.StartsWith('#'))}>{column.TrimStart('#')}</th>"));
        var body = Html.Each(rows, row => Html.Of($"<tr>{row.Select((cell, i) => Html.Of($"<td{Class(numeric[i])}>{cell}</td>"))}</tr>\n"));
        return Html.Of($"<div class=\"scroll\"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>\n");
    }

    /// <summary>Names and values, one pair a line.</summary>
    public static Html Pairs(IEnumerable<(string Name, Html Value)> pairs) =>
        Html.Of($"<dl>{pairs.Select(pair => Html.Of($"<dt>{pair.Name}</dt><dd>{pair.Value}</dd>"))}</dl>\n");

    /// <summary>What stands where there is nothing to show, and why.</summary>
    public static Html Empty(string why) => Html.Of($"<p class=\"empty\">{why}</p>\n");

    /// <summary>A remark set apart, with its tone.</summary>
    public static Html Note(Tone tone, string title, Html text) =>
        Html.Of($"<div class=\"note-box {Name(tone)}\"><strong>{title}</strong><p>{text}</p></div>\n");

    /// <summary>A content hash: the first digits, the whole on hover and for copying.</summary>
    public static Html Hash(string hash) => Html.Of($"<code class=\"hash\">{hash}</code>");

    /// <summary>The last line.</summary>
    public static Html Footer(string text) => Html.Of($"<footer>{text}</footer>");

    private static Html Class(bool numeric) => numeric ? new Html(" class=\"n\"") : Html.Empty;

    private static string Name(Tone tone) => tone.ToString().ToLowerInvariant();
}

/// <summary>What something means to the reader.</summary>
internal enum Tone
{
    /// <summary>Nothing special.</summary>
    Plain,

    /// <summary>It went as wished.</summary>
    Good,

    /// <summary>Look at it.</summary>
    Warn,

    /// <summary>It did not go as wished.</summary>
    Bad,
}
