using System.Text.RegularExpressions;
using Perennial.Core.Tests.Spec;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Orchestration code is replayed: it may use its context and nothing that answers differently the second time.</summary>
public partial class OrchestrationCodeTests
{
    [Fact]
    public void No_orchestration_uses_what_a_replay_would_answer_differently()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.orchestration.cs", SearchOption.AllDirectories);
        Assert.True(files.Length >= 2, "The orchestrations have moved; this check looks for *.orchestration.cs under src.");
        Assert.Empty(files.SelectMany(file => Violations(File.ReadAllText(file)).Select(v => $"{Path.GetFileName(file)}: {v}")));
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;")]
    [InlineData("var now = System.DateTimeOffset.Now;")]
    [InlineData("var id = Guid.NewGuid();")]
    [InlineData("var r = new Random(1);")]
    [InlineData("await Task.Run(() => 1);")]
    [InlineData("await Task.Delay(1);")]
    [InlineData("await work.ConfigureAwait(false);")]
    [InlineData("var n = Environment.ProcessorCount;")]
    [InlineData("File.ReadAllText(path);")]
    [InlineData("using var http = new HttpClient();")]
    [InlineData("ILogger log;")]
    [InlineData("var t = TimeProvider.System.GetUtcNow();")]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("static int counter;")]
    [InlineData("var watch = Stopwatch.StartNew();")]
    public void A_planted_violation_is_seen(string line) => Assert.Single(Violations($"class X {{ void Y() {{\n    {line}\n}} }}"));

    [Theory]
    [InlineData("// DateTime.Now would differ at every replay.")]
    [InlineData("await context.Delay(context.Now + Sweep);")]
    [InlineData("public static readonly TimeSpan Sweep = TimeSpan.FromHours(1);")]
    [InlineData("public static async Task<Nothing> Run(IOrchestrationContext context, RunKey run)")]
    public void What_is_allowed_is_not(string line) => Assert.Empty(Violations(line));

    private static IEnumerable<string> Violations(string code) =>
        code.Split('\n').Select(line => Comment().Replace(line, "")).Where(line => Banned().IsMatch(line)).Select(line => line.Trim());

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("""
        \b(DateTime(Offset)?\.(Utc)?(Now|Today)|Guid\.|Random\b|RandomNumberGenerator|Task\.(Run|Delay|Factory|WhenAny|Yield)|ConfigureAwait|Environment\.|File\.|Directory\.
        |HttpClient|ILogger|Console\.|TimeProvider|Stopwatch|Thread\b|Parallel\.|IConfiguration|CancellationTokenSource|\block\s*\()
        |^\s*(private|public|internal)?\s*static\s+(?!readonly|async|class|partial)[\w<>?,\[\]\s]+(=[^>].*)?;
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Banned();
}
