using System.Globalization;
using System.Text;

namespace Perennial.Bench;

/// <summary>A part's section: sentences and tables. Rows are also shown as progress.</summary>
internal sealed class Section(string name, string title)
{
    private readonly StringBuilder _text = new($"\n## {title}\n");

    public string Text => _text.ToString();

    public void Say(string sentence) => _text.Append(CultureInfo.InvariantCulture, $"\n{sentence}\n");

    public void Table(params string[] columns)
    {
        _text.Append(CultureInfo.InvariantCulture, $"\n| {string.Join(" | ", columns)} |\n|{string.Concat(Enumerable.Repeat("---|", columns.Length))}\n");
        Progress(string.Join(" | ", columns));
    }

    public void Row(params string[] cells)
    {
        var row = string.Join(" | ", cells);
        _text.Append(CultureInfo.InvariantCulture, $"| {row} |\n");
        Progress(row);
    }

    public void Progress(string line) => Console.Error.WriteLine($"  {name}: {line}");
}
