using System.Text.Json;
using Perennial.Api.Problems;
using Perennial.Core;
using Spectre.Console;

namespace Perennial.Cli.Output;

/// <summary>Where commands write: tables and colour on a terminal, plain lines without one, JSON for machines. Problems go to standard error.</summary>
public sealed class Terminal(bool json, IAnsiConsole console, IAnsiConsole errors)
{
    private const int MaxFaults = 10;
    private bool _moment;

    /// <summary>The process's own output.</summary>
    public static Terminal ForProcess(bool json) =>
        new(json, Create(Console.Out, Console.IsOutputRedirected), Create(Console.Error, Console.IsErrorRedirected));

    /// <summary>Whether the caller is a program.</summary>
    public bool Json => json;

    /// <summary>Whether progress may be drawn in place.</summary>
    public bool Interactive => !json && !Console.IsOutputRedirected && console.Profile.Capabilities.Interactive;

    /// <summary>The console, for tables and progress.</summary>
    public IAnsiConsole Out
    {
        get
        {
            EndMoment();
            return console;
        }
    }

    /// <summary>Writes a value: as JSON for programs, else by the given rendering.</summary>
    public void Show<T>(T value, Action<T> render)
    {
        EndMoment();
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(value, CoreJson.Indented));
        else render(value);
    }

    /// <summary>Writes a line for people; programs do not get it.</summary>
    public void Line(string markup)
    {
        if (!json) Out.MarkupLine(markup);
    }

    /// <summary>Shows a line in place until anything else is written; a terminal only. It is cut at the terminal's width.</summary>
    public void Moment(string text)
    {
        if (!Interactive) return;
        EndMoment();
        var room = Math.Max(1, console.Profile.Width - 1);
        console.Markup($"[grey]{Markup.Escape(text.Length > room ? text[..room] : text)}[/]");
        _moment = true;
    }

    /// <summary>Writes a line of plain text for people.</summary>
    public void Text(string text) => Line(Markup.Escape(text));

    /// <summary>Writes what a caller who waits should know: for people a line like any other, for programs beside the output.</summary>
    public void Aside(string text)
    {
        if (!json) Text(text);
        else Console.Error.WriteLine(text);
    }

    /// <summary>Writes a problem to standard error.</summary>
    public void Problem(ProblemBody problem)
    {
        EndMoment();
        if (json)
        {
            Console.Error.WriteLine(JsonSerializer.Serialize(problem, CoreJson.Indented));
            return;
        }
        errors.MarkupLine($"[red]{Markup.Escape(problem.Detail)}[/]");
        // A single fault is often the whole message once more.
        var faults = (problem.Faults ?? []).Where(f => !problem.Detail.Contains(f.Message, StringComparison.Ordinal)).ToArray();
        foreach (var fault in faults.Take(MaxFaults)) errors.MarkupLine($"  [yellow]{Markup.Escape(fault.Where)}[/]: {Markup.Escape(fault.Message)}");
        if (faults.Length > MaxFaults) errors.MarkupLine($"  and {faults.Length - MaxFaults} more; --json lists them");
    }

    /// <summary>Writes an error to standard error.</summary>
    public void Error(string code, string message) => Problem(new ProblemBody("about:blank", "Error", 0, code, message, null));

    private void EndMoment()
    {
        if (!_moment) return;
        _moment = false;
        // Carriage return and "erase to the end of the line": what was there for a moment leaves no trace.
        console.Profile.Out.Writer.Write("\r\u001b[K");
    }

    // A pipe or file gets plain lines: no colours, no links, nothing cut or wrapped at a width that it does not have.
    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var created = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected) created.Profile.Width = 10_000;
        return created;
    }
}
