using Perennial.Migrate;

var parsed = MigrateCommand.Make().Parse(args);
var exit = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? MigrateExitCodes.Usage : exit;
