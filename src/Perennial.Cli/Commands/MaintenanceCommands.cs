using System.CommandLine;
using System.Text.RegularExpressions;
using Perennial.Api.Contracts;
using Perennial.Cli.Output;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Pipelines.Spec;
using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Storage.Folders;

namespace Perennial.Cli.Commands;

/// <summary><c>gc</c> and <c>backup</c>, which ask a host, and <c>restore</c> and <c>fsck</c>, which work on a folder that no host serves.</summary>
public static class MaintenanceCommands
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only count what would be removed" };
    private static readonly Option<string> OlderThan = new("--older-than") { Description = "Forget ended orchestrations and cached results this old first", DefaultValueFactory = _ => "90d" };
    private static readonly Argument<FileInfo> Archive = new("file") { Description = "The backup, a tar file" };
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the file if it is there, once the new backup is whole" };
    private static readonly Option<DirectoryInfo> Data = FolderOption.Make();

    /// <summary><c>perennial gc</c>.</summary>
    public static Command Collect() => new Command("gc", "Remove artifacts that nothing refers to, while the host serves") { DryRun, OlderThan }.Calls(async (parsed, client, terminal, ct) =>
    {
        var text = parsed.GetRequiredValue(OlderThan);
        var olderThan = Age(text);
        var report = await client.Post<CollectionReport>("/api/maintenance/gc", new CollectRequest(parsed.GetValue(DryRun), olderThan), ct);
        terminal.Show(report, r => terminal.Text(
            $"{(r.DryRun ? "Would remove" : "Removed")} {Numbers.Count(r.Removed)} artifacts, {Numbers.Bytes(r.RemovedBytes)}; {Numbers.Count(r.Kept)} stay, {Numbers.Bytes(r.KeptBytes)}"
            + (r.Young == 0 ? ". " : $", {Numbers.Count(r.Young)} of them because they were put or looked for within the last 24 hours. ")
            + $"{(r.DryRun ? "Would forget" : "Forgot")} {Numbers.Count(r.Orchestrations)} ended orchestrations and {Numbers.Count(r.CachedResults)} cached results older than {text}."));
        return ExitCodes.Ok;
    });

    /// <summary><c>perennial backup</c>.</summary>
    public static Command Backup() => new Command("backup", "Write a consistent copy of the host's folder to a file, while the host serves") { Archive, Overwrite }.Calls(async (parsed, client, terminal, ct) =>
    {
        var file = BackupTarget.Of(parsed.GetRequiredValue(Archive), parsed.GetValue(Overwrite));
        var progress = new Moments<long>(bytes => terminal.Moment($"{Numbers.Bytes(bytes)} so far"));
        var contents = await client.Download("/api/maintenance/backup", archive => BackupTarget.Writing(file, () => BackupArchive.Receive(archive, file.FullName, progress, ct)), ct);
        return Tell(terminal, contents, $"{file.Name} holds");
    });

    /// <summary><c>perennial restore</c>.</summary>
    public static Command Restore() => Offline(new Command("restore", "Make a new folder from a backup, whole or not at all") { Archive, Data }, (parsed, terminal, ct) =>
    {
        var file = parsed.GetRequiredValue(Archive);
        if (!file.Exists) throw new UsageException($"There is no file '{file.FullName}'.");
        var progress = new Moments<long>(bytes => terminal.Moment($"{Numbers.Bytes(bytes)} of {Numbers.Bytes(file.Length)}"));
        try
        {
            return Task.FromResult(Tell(terminal, FolderRestore.Restore(file.FullName, parsed.GetRequiredValue(Data).FullName, progress, ct), $"Restored to {parsed.GetRequiredValue(Data)}:"));
        }
        catch (BackupRefusedException exception)
        {
            terminal.Error("not-restored", $"'{file}' was not restored. {(BackupTarget.IsGzip(file) ? "It is a gzip file: unpack it first, e.g. with gunzip." : exception.Message)}");
            return Task.FromResult(ExitCodes.Usage);
        }
    });

    /// <summary><c>perennial fsck</c>.</summary>
    public static Command Check() => Offline(new Command("fsck", "Check every byte of a folder that no host serves, and name what is broken") { Data }, async (parsed, terminal, ct) =>
    {
        var report = await new CheckView(terminal).Run(parsed.Folder(Data), ct);
        return report.IsClean ? ExitCodes.Ok : ExitCodes.Damaged;
    });

    private static TimeSpan Age(string text)
    {
        if (Duration.TryParse(text, out var age)) return age;
        var why = text switch
        {
            _ when Regex.IsMatch(text, Duration.Pattern) => "is longer than any duration may be, which is 36525d (100 years)",
            _ when Regex.IsMatch(text, "^[0-9]+$") => $"is no duration: it has no unit. Days would be {text}d",
            _ when Regex.IsMatch(text, "^[0-9]+y$") => "is no duration: years have no unit of their own. One is 365d",
            _ => "is no duration. It is a number and one of s, m, h, d, w, e.g. 90d",
        };
        throw new UsageException($"'{text}' {why}.");
    }

    private static Command Offline(Command command, Func<ParseResult, Terminal, CancellationToken, Task<int>> body)
    {
        command.SetAction((parsed, ct) => CommandRunner.Guard(parsed, async terminal =>
        {
            try
            {
                return await body(parsed, terminal, ct);
            }
            catch (FolderInUseException exception)
            {
                terminal.Error("folder-in-use", $"A host serves this folder, as process {exception.Owner}. Stop it first; or take a backup of it with 'perennial backup', restore that beside and look there.");
                return ExitCodes.Refused;
            }
        }));
        return command;
    }

    private static int Tell(Terminal terminal, BackupContents contents, string what)
    {
        terminal.Show(contents, c => terminal.Text($"{what} {Numbers.Count(c.Files)} files, {Numbers.Bytes(c.Bytes)}."));
        if (contents.Damaged.Count == 0) return ExitCodes.Ok;
        terminal.Error("artifacts-damaged", $"{Numbers.Count(contents.Damaged.Count)} artifacts were damaged before they were copied, {contents.Damaged[0]} first. Look with 'perennial fsck'; an older backup may still hold them.");
        return ExitCodes.Damaged;
    }

    /// <summary>Progress at once, on the thread that makes it.</summary>
    private sealed class Moments<T>(Action<T> show) : IProgress<T>
    {
        public void Report(T value) => show(value);
    }
}
