namespace Perennial.Core.Reports;

/// <summary>The style of every page. Two chart colours (blue, orange) that all kinds of colour vision tell apart, in light, dark and print.</summary>
internal static class PageStyle
{
    private const string Light =
        "--bg:#f5f6f8;--card:#fff;--ink:#1b2330;--muted:#5a6577;--line:#e2e6ec;--grid:#eceff3;--a:#1663b8;--a-soft:#d8e7f8;--b:#cc5a00;"
        + "--good:#0a7551;--good-soft:#e0f3ec;--bad:#b3261e;--bad-soft:#fbe6e4;--warn:#8a5a00;--warn-soft:#fdf1d8;--heat:22,99,184;";

    private const string Dark =
        "--bg:#10141a;--card:#191f28;--ink:#e7ebf1;--muted:#9ba6b6;--line:#2c3542;--grid:#252d38;--a:#63abf8;--a-soft:#1e3a5c;--b:#ff9a4a;"
        + "--good:#45c99c;--good-soft:#14352b;--bad:#ff8178;--bad-soft:#43211f;--warn:#eab64f;--warn-soft:#3b2f16;--heat:99,171,248;";

    private const string Rules =
        """
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
          -webkit-print-color-adjust:exact;print-color-adjust:exact}
        main{max-width:1120px;margin:0 auto;padding:32px 24px 48px}
        header{margin:0 0 20px}
        .kicker{margin:0 0 6px;color:var(--muted);font-size:13px;letter-spacing:.02em}
        h1{margin:0 0 8px;font-size:26px;line-height:1.3;font-weight:650;text-wrap:pretty;overflow-wrap:anywhere}
        h2{margin:0 0 4px;font-size:17px;font-weight:650}
        h3{margin:16px 0 4px;font-size:14px;font-weight:650}
        .facts,.lead{margin:0;color:var(--muted)}
        .lead{margin:0 0 14px;max-width:76ch}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:0 0 16px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin:0 0 16px}
        .tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px;border-top:3px solid var(--line)}
        .tile.good{border-top-color:var(--good)}.tile.bad{border-top-color:var(--bad)}.tile.warn{border-top-color:var(--warn)}
        .tile .label{color:var(--muted);font-size:13px}
        .tile .value{font-size:26px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        .tile .note{color:var(--muted);font-size:13px;min-height:1.5em}
        .row{margin-top:16px;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:20px 28px;align-items:start}
        .row.three{grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));margin-top:20px}
        .badge{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12.5px;font-weight:600;line-height:1.6;background:var(--grid);color:var(--muted);
          white-space:nowrap;vertical-align:middle}
        h1 .badge{font-size:15px;margin:-4px 6px 0 0;padding:2px 12px}
        .badge.good{background:var(--good-soft);color:var(--good)}.badge.bad{background:var(--bad-soft);color:var(--bad)}
        .badge.warn{background:var(--warn-soft);color:var(--warn)}
        .scroll{overflow-x:auto;margin:0 -4px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        .scroll table:not(.heat){min-width:600px}
        .scroll+figure,.scroll+.note-box{margin-top:18px}
        caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        th{color:var(--muted);font-weight:600;font-size:12.5px;text-align:left;border-bottom:1px solid var(--line);padding:6px 10px 6px 4px;vertical-align:bottom}
        td{border-bottom:1px solid var(--grid);padding:7px 10px 7px 4px;vertical-align:top;overflow-wrap:break-word}
        tr:last-child td{border-bottom:0}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
        td.n,td code{font-variant-numeric:tabular-nums}
        small,.dim{color:var(--muted);font-size:13px}
        strong{font-weight:650}
        dl{display:grid;grid-template-columns:minmax(110px,max-content) 1fr;gap:6px 18px;margin:0}
        dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere;min-width:0}
        code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
        .empty{color:var(--muted);font-style:italic;margin:4px 0}
        .note-box{border-left:3px solid var(--line);background:var(--grid);border-radius:0 8px 8px 0;padding:9px 14px;margin:0 0 10px}
        .note-box p{margin:2px 0 0}
        .note-box.good{border-color:var(--good)}.note-box.bad{border-color:var(--bad);background:var(--bad-soft)}.note-box.warn{border-color:var(--warn);background:var(--warn-soft)}
        figure{margin:0;min-width:0}
        figcaption{font-weight:600;font-size:14px;margin:0 0 2px}
        figcaption small{font-weight:400;display:block}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}
        svg text.ink{fill:var(--ink)}svg .e{text-anchor:end}svg .m{text-anchor:middle}svg text.strong{font-weight:650;fill:var(--ink)}
        .grid{stroke:var(--grid);stroke-width:1}.axis{stroke:var(--line);stroke-width:1}.ref{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:5 4;fill:none}
        .la{fill:none;stroke:var(--a);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.lb{fill:none;stroke:var(--b);stroke-width:2;stroke-linejoin:round}
        .fa{fill:var(--a)}.fb{fill:var(--b)}.fm{fill:var(--muted)}.fg{fill:var(--good)}.fbad{fill:var(--bad)}.soft{fill:var(--a);opacity:.13}
        .ring{fill:var(--card);stroke-width:2}.ring.sa{stroke:var(--a)}.ring.sb{stroke:var(--b)}.ring.sm{stroke:var(--muted)}
        .spark{width:110px;height:24px;display:inline-block;vertical-align:middle}
        .legend{display:flex;flex-wrap:wrap;gap:2px 16px;color:var(--muted);font-size:13px;margin:0 0 4px}
        .legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;vertical-align:-1px;background:var(--muted)}
        .legend .a{background:var(--a)}.legend .b{background:var(--b)}.legend .dash{background:none;border-top:2px dashed var(--muted);height:0;width:18px;border-radius:0;vertical-align:4px}
        table.heat td,table.heat th{text-align:center;border:2px solid var(--card);padding:10px 8px}
        table.heat td{background:rgba(var(--heat),calc(.05 + .55*var(--v)));border-radius:6px;font-variant-numeric:tabular-nums}
        table.heat td.hit{box-shadow:inset 0 0 0 2px var(--a)}
        table.heat th[scope=row]{text-align:right;white-space:normal}
        .bars{display:grid;gap:5px}
        footer{color:var(--muted);font-size:13px;margin:20px 0 0}
        @media(max-width:640px){main{padding:20px 12px}section{padding:16px 14px}h1{font-size:21px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 8px}}
        @media print{body{background:#fff;font-size:12px}main{max-width:none;padding:0}section,.tile,figure,tr{break-inside:avoid}section{border-color:#ccc}}
        """;

    /// <summary>The whole style sheet. Dark only on screens: paper is white.</summary>
    public const string Css = ":root{" + Light + "}@media screen and (prefers-color-scheme:dark){:root{" + Dark + "}}\n" + Rules;
}
