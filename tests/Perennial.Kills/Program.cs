using System.CommandLine;
using Perennial.Kills.Hosts;

var kills = new Option<int>("--kills") { Description = "How often a host is killed", DefaultValueFactory = _ => 300 };
var seed = new Option<int>("--seed") { Description = "What everything is drawn from; the same seed gives the same work", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
var hosts = new Option<int>("--hosts") { Description = "How many folders are worked side by side", DefaultValueFactory = _ => 2 };
var data = new Option<DirectoryInfo?>("--data") { Description = "Where the folders are made; a temporary folder when absent" };
var root = new RootCommand("Kills the real host with SIGKILL at random moments and checks that nothing acknowledged is lost.") { kills, seed, hosts, data };
root.SetAction(async (parsed, _) =>
{
    var folder = parsed.GetValue(data)?.FullName ?? Directory.CreateTempSubdirectory("perennial-kills-").FullName;
    var held = await new KillRun(parsed.GetValue(kills), parsed.GetValue(seed), parsed.GetValue(hosts), folder).Run();
    if (held) Directory.Delete(folder, recursive: true);
    return held ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();
