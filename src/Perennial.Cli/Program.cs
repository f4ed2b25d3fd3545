using System.CommandLine;
using Perennial.Cli;
using Perennial.Cli.Commands;

var root = new RootCommand($"Perennial keeps machine-learning models alive: train, gate, serve, watch, retrain.\n\n{ExitCodes.Legend}")
{
    CommonOptions.Json,
    UpCommand.Make(),
    DemoCommand.Make(),
    InitCommand.Make(),
    RunCommand.Make(),
    QueryCommands.Runs(),
    QueryCommands.Versions(),
    QueryCommands.Status(),
    PredictCommand.Make(),
    ChangeCommands.Promote(),
    ChangeCommands.Rollback(),
    ChangeCommands.Monitor(),
    MaintenanceCommands.Collect(),
    MaintenanceCommands.Backup(),
    MaintenanceCommands.Restore(),
    MaintenanceCommands.Check(),
    MigrateCommand.Make(),
};
var parsed = root.Parse(LeadingOptions.Arrange(args));
// The library's two seconds would cut off a host that still answers somebody.
var exit = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : exit;
