using System.CommandLine;
using Perennial.Azure;
using Perennial.Core.Ports;
using Perennial.Migrate;

var data = new Option<string>("--data") { Description = "The local host's folder.", DefaultValueFactory = _ => ".perennial" };
var to = new Option<string?>("--to") { Description = "Copy the folder there: a storage account's name, or Azurite's connection string." };
var from = new Option<string?>("--from") { Description = "Copy from there to the folder, which must be new or empty." };
var prefix = new Option<string>("--prefix") { Description = "What the account's containers and tables begin with.", DefaultValueFactory = _ => new AzureStorageOptions().Prefix };
var command = new RootCommand("Copies all that a local folder holds to an Azure storage account, or back, and reads it back. No host may be running on either.") { data, to, from, prefix };

command.SetAction(async (parsed, cancellationToken) =>
{
    var (target, source) = (parsed.GetValue(to), parsed.GetValue(from));
    if (target is null == source is null)
    {
        await Console.Error.WriteLineAsync("Give either --to or --from.");
        return 2;
    }
    var path = parsed.GetValue(data)!;
    var account = target ?? source!;
    var options = new AzureStorageOptions { Prefix = parsed.GetValue(prefix)! };
    options = account.Contains('=', StringComparison.Ordinal) ? options with { ConnectionString = account } : options with { AccountName = account };
    try
    {
        if (target is not null && !File.Exists(Path.Combine(path, "format.json"))) throw new MigrationException($"'{path}' is no folder of a local host.");
        await using var azure = StoreSet.OfAzure(options);
        await using var folder = StoreSet.OfFolder(path);
        var report = await (target is null ? new Migration(azure, folder) : new Migration(folder, azure)).Run(cancellationToken);
        Console.WriteLine($"Copied and compared: {report.Artifacts} artifacts, {report.Entities} entities, {report.Records} predictions and labels, {report.Blobs} blobs.");
        return 0;
    }
    catch (Exception e) when (e is MigrationException or ArgumentException or IOException or StoreDamagedException or DamagedContentException or Azure.RequestFailedException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 4;
    }
});
return await command.Parse(args).InvokeAsync();
