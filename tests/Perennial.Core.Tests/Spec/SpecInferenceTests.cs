using System.Text;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning;
using Perennial.Learning.Reading;

namespace Perennial.Core.Tests.Spec;

public sealed class SpecInferenceTests
{
    [Fact]
    public void The_sample_is_understood_and_what_no_value_tells_is_asked()
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "samples", "bird-strikes", "strikes.csv"));

        var text = SpecInference.Write("bird-strike", "damaged", CsvReader.Read(file, new ReadOptions())).Value;

        Assert.Equal(
            """
            // Inferred from 10,000 rows and 15 columns. Comments say why; change what is wrong.
            {
              "model": "bird-strike",
              // What to predict: named by you.
              "label": "damaged",
              // The label has two values: "false" in 8,939 rows, "true" in 1,061.
              "task": "binary",
              // Its probability is predicted.
              "positive": "true",
              "data": {
                // It has a timestamp in every row, so it orders the rows.
                "time": "Flight Date"
                // Question: do these exist only after the event? No value tells that. If so, take the slashes away:
                // "knownLater": ["Effect Amount of damage", "Cost Other", "Cost Repair", "Cost Total $"]
                // Question: "None" stands 8,939 times in "Effect Amount of damage": a value, or missing? If missing: "missing": ["None"]
                // Question: "UNKNOWN" stands 72 times in "Aircraft Airline Operator": a value, or missing? If missing: "missing": ["UNKNOWN"]
              },
              // The newest rows judge, as in real use.
              "split": {
                "by": "time"
              }
            }

            """.ReplaceLineEndings("\n"), text);
        Assert.Equal("Flight Date", Read(text).Data.Time);
    }

    [Fact]
    public void Numbers_that_JSON_has_as_strings_are_asked_about_and_codes_are_not()
    {
        var lines = string.Concat(Enumerable.Range(0, 20).Select(i => $"{{\"price\": \"{i % 7}.5\", \"zip\": \"0{1000 + (i % 5)}\", \"size\": \"{(i % 3 == 0 ? "large" : "12")}\", \"y\": {(i % 2 == 0 ? "true" : "false")}}}\n"));

        var text = SpecInference.Write("m", "y", JsonLinesReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(lines)), new ReadOptions())).Value;

        Assert.Contains("All values of 'price' are strings that look like numbers, such as \"0.5\".", text, StringComparison.Ordinal);
        Assert.DoesNotContain("values of 'zip'", text, StringComparison.Ordinal);
        Assert.DoesNotContain("values of 'size'", text, StringComparison.Ordinal);
        Assert.Equal("y", Read(text).Label);
    }

    [Fact]
    public void The_last_column_is_the_label_when_none_is_named_or_called_so()
    {
        Assert.Equal("b", Read(Write(null, "a,b\nx,1.5\ny,2.5\nz,3.5\n")).Label);
        Assert.Equal("Target", Read(Write(null, "Target,b\nx,1.5\ny,2.5\nx,3.5\n")).Label);
        Assert.Contains("no column was named, so the last one was taken", Write(null, "a,b\nx,1.5\ny,2.5\nz,3.5\n"));
    }

    [Theory]
    [InlineData("y\n0\n1\n1\n", TaskKind.Binary, "1")]
    [InlineData("y\nno\nyes\nno\n", TaskKind.Binary, "yes")]
    [InlineData("y\nham\nspam\nham\n", TaskKind.Binary, "spam")]
    [InlineData("y\na\nb\nc\n", TaskKind.Multiclass, null)]
    [InlineData("y\n1.5\n2.5\n3.5\n", TaskKind.Regression, null)]
    public void The_task_follows_from_the_labels_values(string csv, TaskKind task, string? positive)
    {
        var spec = Read(Write("y", csv));

        Assert.Equal(task, spec.Task);
        Assert.Equal(positive, spec.Positive);
    }

    [Fact]
    public void Sentences_that_differ_in_every_row_are_something_to_learn_from()
    {
        var csv = "comment,code,sentiment\n" + string.Join('\n', Enumerable.Range(0, 40).Select(i => $"it was number {i} of them,k{i},{(i % 2 == 0 ? "good" : "bad")}"));

        var spec = Read(SpecInference.Write("reviews", "sentiment", CsvReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), new ReadOptions())).Value);

        Assert.Equal("code", spec.Data.Id);
        Assert.Empty(spec.Data.Ignore);
    }

    [Fact]
    public void Columns_that_differ_in_every_row_become_the_id_and_are_left_out()
    {
        var rows = Enumerable.Range(0, 150).Select(i => $"{1000 + i},K{i * 7},{i * 0.5},{(i % 3 == 0 ? "yes" : "no")}");

        var spec = Read(Write("y", "case,token,size,y\n" + string.Join('\n', rows) + "\n"));

        Assert.Equal("case", spec.Data.Id);
        Assert.Equal(["token"], spec.Data.Ignore);
    }

    [Theory]
    [InlineData("z", "a,y\n1,x\n2,z\n", "label-missing")]
    [InlineData("y", "a,y\n1,x\n2,x\n", "label-unusable")]
    [InlineData("y", "a,y\n1,2020-01-01\n2,2020-01-02\n", "label-unusable")]
    public void A_label_that_cannot_be_learnt_is_a_problem(string label, string csv, string code) =>
        Assert.Equal(code, SpecInference.Write("m", label, Data(csv)).Problem!.Code);

    [Theory]
    [InlineData("a \"quoted\" */ // name")]
    [InlineData("cost\nof\u2028lines")]
    [InlineData("damage, \\ and {braces}")]
    public void A_column_of_any_name_gives_a_valid_spec(string name)
    {
        var quoted = $"\"{name.Replace("\"", "\"\"")}\"";

        Assert.Equal(name, Read(Write(name, $"{quoted},b\nNA,1\nyes,2\nNA,3\n")).Label);
        Assert.Equal("b", Read(Write("b", $"{quoted},b\nNA,1\nyes,2\nNA,3\n")).Label);
    }

    [Theory]
    [InlineData("strikes", "strikes")]
    [InlineData("Bird Strikes (2).csv", "bird-strikes-2-csv")]
    [InlineData("2024_sales", "sales")]
    [InlineData("Größe", "gr-e")]
    [InlineData("123", "model")]
    public void Any_text_gives_a_model_name(string text, string name)
    {
        Assert.Equal(name, SpecInference.ModelName(text));
        Assert.True(SpecReader.Read(Encoding.UTF8.GetBytes($$"""{ "model": "{{name}}", "label": "y" }"""), "f").Succeeded);
    }

    private static string Write(string? label, string csv) => SpecInference.Write("m", label, Data(csv), "./perennial.schema.json").Value;

    private static ReadResult Data(string csv) => CsvReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), new ReadOptions());

    private static ModelSpec Read(string text) => SpecReader.Read(Encoding.UTF8.GetBytes(text), "perennial.json").Value;
}
