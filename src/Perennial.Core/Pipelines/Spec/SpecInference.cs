using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Outcomes;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Writes a first spec from data: short, commented, valid for <see cref="SpecReader"/>. What no value can tell is asked in a comment, never guessed.</summary>
public static class SpecInference
{
    private static readonly string[] LabelNames = ["label", "target", "class", "y", "outcome"];

    /// <summary>A model name from any text, such as a file's name: <c>Bird Strikes 2.csv</c> gives <c>bird-strikes-2-csv</c>.</summary>
    public static string ModelName(string text)
    {
        var words = new string([.. text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Join('-', words).TrimStart('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return name.Length == 0 ? "model" : name[..Math.Min(48, name.Length)].TrimEnd('-');
    }

    /// <summary>Writes the spec's text.</summary>
    /// <param name="model">The model's name; see <see cref="ModelName"/>.</param>
    /// <param name="label">The label column; the likeliest one when null, which a comment then says.</param>
    /// <param name="data">What the reader made of the data.</param>
    /// <param name="schema">What <c>$schema</c> says; left out when null.</param>
    /// <param name="delimiter">The delimiter that the data were read with.</param>
    /// <returns>The text, or a problem <c>label-missing</c> or <c>label-unusable</c>.</returns>
    public static Outcome<string> Write(string model, string? label, ReadResult data, string? schema = null, char delimiter = ',')
    {
        var (chosen, whyLabel) = label is null ? GuessLabel(data.Frame) : (label, "named by you");
        if (data.Frame.Find(chosen) is not { } column)
            return Problem.Invalid("label-missing", $"There is no column '{chosen}'{(NearestName.Clause(chosen, data.Frame.Columns.Select(c => c.Name)) is { Length: > 0 } clause ? clause : ".")}");
        var task = LabelTask.Infer(column);
        if (!task.Succeeded) return task.Problem;

        var text = new SpecText();
        if (schema is not null) text.Add("$schema", schema);
        text.Add("model", model);
        text.Comment($"What to predict: {whyLabel}.").Add("label", chosen);
        text.Comment(task.Value.Reason).Add("task", task.Value.Kind.ToString().ToLowerInvariant());
        if (task.Value.Positive is { } positive) text.Comment(task.Value.WhyPositive!).Add("positive", positive);
        var time = Data(text, column, task.Value, data, delimiter);
        if (time is not null) text.Comment("The newest rows judge, as in real use.").Open("split").Add("by", "time").Close();
        var rows = data.Frame.RowCount.ToString("#,0", CultureInfo.InvariantCulture);
        return text.Write($"Inferred from {rows} rows and {data.Frame.Columns.Count} columns. Comments say why; change what is wrong.");
    }

    private static (string Name, string Why) GuessLabel(Frame frame)
    {
        foreach (var name in LabelNames)
            if (frame.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)) is { } named)
                return (named.Name, "no column was named, and this one is called so");
        return frame.Columns.Count == 0 ? ("label", "no column was named") : (frame.Columns[^1].Name, "no column was named, so the last one was taken");
    }

    private static string? Data(SpecText text, Column label, LabelTask task, ReadResult data, char delimiter)
    {
        var columns = data.Frame.Columns.Where(column => column != label).ToList();
        var times = columns.Where(column => column.Type == ColumnType.Timestamp && column.CountMissing() == 0).ToList();
        var ids = columns.Where(ColumnSigns.LooksLikeId).ToList();
        text.Open("data");
        if (delimiter != ',') text.Add("delimiter", delimiter.ToString());
        if (ids.Count > 0) text.Comment("Another value in every row: it names the row and tells nothing of the next one.").Add("id", ids[0].Name);
        if (times.Count > 0)
        {
            var others = times.Count == 1 ? "" : $" So do {SpecText.Names(times.Skip(1).Select(c => c.Name))}: is this the time at which a prediction is wanted?";
            text.Comment($"It has a timestamp in every row, so it orders the rows.{others}").Add("time", times[0].Name);
        }

        if (ids.Count > 1) text.Comment("These differ in every row as well.").Add("ignore", ids.Skip(1).Select(c => c.Name));
        if (task.DeclareCategorical) text.Comment("Two numbers as classes.").Open("types").Add(label.Name, "categorical").Close();
        if (data.BadRows.Count > 0)
            text.Comment($"So many rows could not be read; the first is line {data.BadRows[0].Line}: {data.BadRows[0].Reason}").Add("maxBadRows", data.BadRows.Count);
        Questions(text, columns.Except(ids).Except(times.Take(1)).ToList(), data);
        text.Close();
        return times.FirstOrDefault()?.Name;
    }

    private static void Questions(SpecText text, List<Column> columns, ReadResult data)
    {
        var later = columns.Where(column => ColumnSigns.MayBeKnownLater(column.Name)).Select(column => column.Name).ToList();
        if (later.Count > 0)
            text.Comment("Question: do these exist only after the event? No value tells that. If so, take the slashes away:", $"\"knownLater\": [{SpecText.Names(later)}]");
        else text.Comment("Question: does a column exist only after the event? No value tells that. If so: \"knownLater\": [\"...\"]");

        var tokens = columns.SelectMany(column => ColumnSigns.MissingTokens(column).Select(found => (column.Name, found.Token, found.Count))).ToList();
        foreach (var (column, token, count) in tokens.Take(10))
            text.Comment($"Question: {SpecText.Quote(token)} stands {count.ToString("#,0", CultureInfo.InvariantCulture)} times in {SpecText.Quote(column)}: a value, or missing? If missing: \"missing\": [{SpecText.Quote(token)}]");

        foreach (var column in columns)
            if (NumbersAsText.Example(column) is { } example) text.Comment(NumbersAsText.Advice(column.Name, example));
        foreach (var report in data.Columns)
            foreach (var hint in report.Hints.Take(2)) text.Comment($"{SpecText.Quote(report.Column)}: {hint}");
    }
}
