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

    /// <summary>Goes through a scenario; one that breaks off is something that did not hold.</summary>
    public async Task Through(Func<Task> scenario)
    {
        try
        {
            await scenario();
        }
        catch (Exception exception)
        {
            That("the scenario goes through to its end", false, exception.ToString());
        }
    }
}
