using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Perennial.Fuzz;
using Perennial.Fuzz.Targets;

IFuzzTarget[] all = [new CsvTarget(), new JsonLinesTarget(), new ParquetTarget(), new OnnxTarget()];

var cases = new Option<long>("--cases") { Description = "How many mutations, all targets together", DefaultValueFactory = _ => 1_000_000 };
var first = new Option<long>("--first") { Description = "The number of the first", DefaultValueFactory = _ => 0 };
var seed = new Option<ulong>("--seed") { Description = "What everything is drawn from; the same seed gives the same cases", DefaultValueFactory = _ => 4 };
var only = new Option<string?>("--target") { Description = "Only this target" };
only.AcceptOnlyFromAmong([.. all.Select(t => t.Name)]);
var workers = new Option<int>("--workers") { Description = "How many threads", DefaultValueFactory = _ => Environment.ProcessorCount };
var write = new Option<FileInfo?>("--write") { Description = "Write the bytes of the first case to this file instead of reading any" };

var root = new RootCommand("Feeds the readers of untrusted bytes with mutations of whole inputs, and checks that nothing but typed refusals comes of them.")
{
    cases, first, seed, only, workers, write,
};
root.SetAction(parsed =>
{
    CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    var targets = parsed.GetValue(only) is { } name ? all.Where(t => t.Name == name).ToArray() : all;
    if (parsed.GetValue(write) is { } file)
    {
        var number = parsed.GetValue(first);
        var target = targets[(int)(number % targets.Length)];
        File.WriteAllBytes(file.FullName, new FuzzCase(target, parsed.GetValue(seed), number / targets.Length).Bytes());
        return 0;
    }
    var start = Stopwatch.GetTimestamp();
    var run = new FuzzRun(targets, parsed.GetValue(seed), parsed.GetValue(first), parsed.GetValue(cases), parsed.GetValue(workers));
    var ended = run.Run();
    var good = FuzzReport.Write(Console.Out, targets, run, parsed.GetValue(seed), Stopwatch.GetElapsedTime(start));
    return ended && good ? 0 : 1;
});
return root.Parse(args).Invoke();
