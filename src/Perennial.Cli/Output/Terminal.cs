using System.Text.Json;
using Perennial.Api.Problems;
using Perennial.Core;
using Spectre.Console;

namespace Perennial.Cli.Output;

/// <summary>Where commands write: tables and colour on a terminal, plain lines without one, JSON for machines. Problems go to standard error.</summary>
public sealed class Terminal(bool json, IAnsiConsole console, IAnsiConsole errors)
{
    /// <summary>The process's own output.</summary>
    public static Terminal ForProcess(bool json) =>
        new(json, Create(Console.Out, Console.IsOutputRedirected), Create(Console.Error, Console.IsErrorRedirected));

    /// <summary>Whether the caller is a program.</summary>
    public bool Json => json;

    /// <summary>Whether progress may be drawn in place.</summary>
    public bool Interactive => !json && !Console.IsOutputRedirected && console.Profile.Capabilities.Interactive;

    /// <summary>The console, for tables and progress.</summary>
    public IAnsiConsole Out => console;

    /// <summary>Writes a value: as JSON for programs, else by the given rendering.</summary>
    public void Show<T>(T value, Action<T> render)
    {
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(value, CoreJson.Indented));
        else render(value);
    }

    /// <summary>Writes a line for people; programs do not get it.</summary>
    public void Line(string markup)
    {
        if (!json) console.MarkupLine(markup);
    }

    /// <summary>Writes a line of plain text for people.</summary>
    public void Text(string text) => Line(Markup.Escape(text));

    /// <summary>Writes a problem to standard error.</summary>
    public void Problem(ProblemBody problem)
    {
        if (json)
        {
            Console.Error.WriteLine(JsonSerializer.Serialize(problem, CoreJson.Indented));
            return;
        }
        errors.MarkupLine($"[red]{Markup.Escape(problem.Detail)}[/]");
        foreach (var fault in problem.Faults ?? []) errors.MarkupLine($"  [yellow]{Markup.Escape(fault.Where)}[/]: {Markup.Escape(fault.Message)}");
    }

    /// <summary>Writes an error to standard error.</summary>
    public void Error(string code, string message) => Problem(new ProblemBody("about:blank", "Error", 0, code, message, null));

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
