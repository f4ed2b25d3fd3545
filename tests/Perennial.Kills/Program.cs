using System.CommandLine;
using Perennial.Kills.Checks;
using Perennial.Kills.Hosts;

// As in many test harnesses: neither passed nor failed.
const int NotPossibleHere = 77;

var kills = new Option<int>("--kills") { Description = "How often a host is killed", DefaultValueFactory = _ => 300 };
var seed = new Option<int>("--seed") { Description = "What everything is drawn from; the same seed gives the same work", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
var hosts = new Option<int>("--hosts") { Description = "How many folders are worked side by side", DefaultValueFactory = _ => 2 };
var data = new Option<DirectoryInfo?>("--data") { Description = "Where the folders are made; a temporary folder when absent", Recursive = true };

var fullDisk = new Command("full-disk", "Fills a small file system under the real host and checks what it refuses, what goes on, and that all of it comes back.");
fullDisk.SetAction(async (parsed, _) =>
{
    if (!PrivateMounts.IsInside) return await PrivateMounts.RunAgain(args) ?? NotPossibleHere;
    return await InFolder(parsed, async folder =>
    {
        var expect = new Expectations();
        await using (var scenario = new FullDiskScenario(folder, expect)) await expect.Through(scenario.Run);
        using (var scenario = new ReadOnlyScenario(folder, expect)) await expect.Through(scenario.Run);
        Console.WriteLine($"{expect.Held} expectations held, {expect.Failed} did not");
        return expect.Failed == 0;
    });
});
var root = new RootCommand("Kills the real host with SIGKILL at random moments and checks that nothing acknowledged is lost.") { kills, seed, hosts, data, fullDisk };
root.SetAction((parsed, _) => InFolder(parsed, folder => new KillRun(parsed.GetValue(kills), parsed.GetValue(seed), parsed.GetValue(hosts), folder).Run()));
return await root.Parse(args).InvokeAsync();

// What has gone wrong is kept for whoever looks for the cause.
async Task<int> InFolder(ParseResult parsed, Func<string, Task<bool>> run)
{
    var folder = parsed.GetValue(data)?.FullName ?? Directory.CreateTempSubdirectory("perennial-kills-").FullName;
    if (!await run(folder))
    {
        Console.WriteLine($"The folder is kept: {folder}");
        return 1;
    }
    Directory.Delete(folder, recursive: true);
    return 0;
}
