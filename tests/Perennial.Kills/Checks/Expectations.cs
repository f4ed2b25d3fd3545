using System.Diagnostics;

namespace Perennial.Kills.Checks;

/// <summary>What a scenario expects, told line by line: what held and what did not.</summary>
internal sealed class Expectations
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);

    public int Held { get; private set; }

    public int Failed { get; private set; }

    public void That(string what, bool holds, string? detail = null)
    {
        if (holds) Held++;
        else Failed++;
        Console.WriteLine(holds ? $"  ok      {what}" : $"  FAILED  {what}{(detail is null ? "" : $": {detail}")}");
    }

    /// <summary>Expects something to come true within a time that no machine needs.</summary>
    public async Task Soon(string what, Func<Task<bool>> comesTrue, Func<string>? detail = null)
    {
        var waited = Stopwatch.StartNew();
        var holds = await comesTrue();
        while (!holds && waited.Elapsed < LongestWait)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            holds = await comesTrue();
        }
        That(what, holds, detail?.Invoke());
    }
}
