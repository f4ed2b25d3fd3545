using System.CommandLine;
using System.Text.Json;
using Perennial.Azure;
using Perennial.Core;

namespace Perennial.Migrate;

/// <summary>The command line.</summary>
public static class MigrateCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "The local host's folder", DefaultValueFactory = _ => ".perennial" };
    private static readonly Option<string?> To = new("--to") { Description = "Copy the folder there: a storage account's name, or Azurite's connection string" };
    private static readonly Option<string?> From = new("--from") { Description = "Copy from there to the folder, which must be new or empty" };
    private static readonly Option<string> Prefix = new("--prefix") { Description = "What the account's containers and tables begin with", DefaultValueFactory = _ => new AzureStorageOptions().Prefix };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON for machines" };

    /// <summary>The program's only command.</summary>
    public static RootCommand Make()
    {
        var command = new RootCommand($"Copies all that a local folder holds to an Azure storage account, or back, and reads it back. No host may be running on either.\n\n{MigrateExitCodes.Legend}")
        {
            Data, To, From, Prefix, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var json = parsed.GetValue(Json);
        var folder = parsed.GetValue(Data)!;
        var account = parsed.GetValue(To) ?? parsed.GetValue(From);
        using var line = new ProgressLine(Console.Error, !json && !Console.IsErrorRedirected, TimeProvider.System);
        try
        {
            var report = await Migrate(parsed, folder, account, line, cancellationToken);
            line.Dispose();
            Console.Out.WriteLine(json ? JsonSerializer.Serialize(report, CoreJson.Indented) : $"Copied and compared: {report}.");
            return MigrateExitCodes.Ok;
        }
        catch (Exception exception)
        {
            line.Dispose();
            var fault = MigrationFault.Of(exception, folder, account, cancellationToken.IsCancellationRequested);
            Console.Error.WriteLine(json ? JsonSerializer.Serialize(new { Type = "about:blank", Title = "Error", Status = 0, fault.Code, fault.Detail }, CoreJson.Indented) : fault.Detail);
            return fault.ExitCode;
        }
    }

    private static async Task<MigrationReport> Migrate(ParseResult parsed, string folder, string? account, IProgress<MigrationProgress> progress, CancellationToken cancellationToken)
    {
        var toAzure = parsed.GetValue(To) is not null;
        if (account is null || (toAzure && parsed.GetValue(From) is not null)) throw Wrong("Give either --to or --from.");
        var options = Options(account, parsed.GetValue(Prefix)!);
        if (File.Exists(folder)) throw Wrong($"'{folder}' is a file. Choose a folder with --data.");
        if (toAzure && !File.Exists(Path.Combine(folder, "format.json"))) throw Wrong($"'{folder}' is no folder of a local host. Name one with --data.");
        await using var local = StoreSet.OfFolder(folder);
        await using var azure = StoreSet.OfAzure(options);
        return await (toAzure ? new Migration(local, azure, progress) : new Migration(azure, local, progress)).Run(cancellationToken);
    }

    private static AzureStorageOptions Options(string account, string prefix)
    {
        // A name has no such sign, a connection string has one.
        var options = account.Contains('=', StringComparison.Ordinal)
            ? new AzureStorageOptions { Prefix = prefix, ConnectionString = account }
            : new AzureStorageOptions { Prefix = prefix, AccountName = account };
        try
        {
            options.Check();
        }
        catch (ArgumentException exception)
        {
            // What it says of settings is true of the app; here there are options.
            throw Wrong(options.ConnectionString is null ? exception.Message : "A connection string is for Azurite only. For a real account give its name: you are asked for as who you are (az login).");
        }
        return options;
    }

    private static MigrationException Wrong(string message) => new(message, MigrateExitCodes.Usage);
}
