using System.CommandLine;
using Perennial.Cli.Client;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial init</c>: a first spec from a file of rows.</summary>
public static class InitCommand
{
    private static readonly Argument<FileInfo> Data = new("data") { Description = "Rows in CSV, JSON Lines or Parquet" };
    private static readonly Option<string?> Label = new("--label") { Description = "The column to predict [default: guessed, and said so]" };
    private static readonly Option<string?> Model = new("--model", "-m") { Description = "The model's name [default: from the file's name]" };
    private static readonly Option<FileInfo> Output = new("--output", "-o") { Description = "The file to write", DefaultValueFactory = _ => new FileInfo("perennial.json") };

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var command = new Command("init", "Write a perennial.json from a file of rows, with comments on what was inferred") { Data, Label, Model, Output };
        command.SetAction((parsed, ct) => CommandRunner.Guard(parsed, async terminal =>
        {
            var data = parsed.GetRequiredValue(Data);
            var output = parsed.GetRequiredValue(Output);
            if (output.Exists) throw new UsageException($"'{output.FullName}' is there already. Name another file with --output, or remove it.");
            if (!data.Exists) throw new UsageException($"There is no file '{data.FullName}'.");
            var format = RowFile.Format(data);
            await using var stream = data.OpenRead();
            try
            {
                var delimiter = format == DataFormat.Csv ? RowFile.Delimiter(data) : ',';
                var options = new ReadOptions { Source = data.Name, Delimiter = delimiter };
                var rows = RowFormats.Read(format, stream, options, ct);
                var name = parsed.GetValue(Model) ?? SpecInference.ModelName(RowFile.Stem(data));
                var text = SpecInference.Write(name, parsed.GetValue(Label), rows, delimiter: delimiter);
                if (!text.Succeeded) throw ApiProblemException.Of(text.Problem);
                await File.WriteAllTextAsync(output.FullName, text.Value, ct);
            }
            catch (DataFormatException exception)
            {
                throw new UsageException(exception.Message);
            }
            terminal.Show(new { spec = output.FullName }, s => terminal.Text($"Wrote {s.spec}. Read its comments, then: perennial run {data}"));
            return ExitCodes.Ok;
        }));
        return command;
    }
}
