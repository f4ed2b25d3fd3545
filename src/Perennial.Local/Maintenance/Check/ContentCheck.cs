using Perennial.Core.Governance.Retention;
using Perennial.Core.Registry;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Maintenance.Check;

/// <summary>Checks what the stores say, once their bytes are known to be right: records can be understood, references lead somewhere, audit chains hold.</summary>
internal sealed class ContentCheck(DataFolder folder, ReadOnlyDisk disk, CheckTally tally)
{
    private const string Restore = "Restore the folder from a backup.";

    public async Task Run(SoundStores sound, CancellationToken cancellationToken)
    {
        if (sound.Orchestrations) Orchestrations();
        if (sound.Tables && Tables() is { } tables)
        {
            using (tables) await Rows(tables, cancellationToken);
        }
    }

    private void Orchestrations() => Understand(folder.Orchestrations, "orchestrations-unreadable", () =>
    {
        if (!disk.FolderExists(folder.Orchestrations)) return null;
        var (journal, replay) = EngineJournal.Open(disk, folder.Orchestrations, new InstanceIndex());
        journal.Dispose();
        return replay;
    });

    private TableJournal? Tables() => Understand(folder.Tables, "tables-unreadable", () => new TableJournal(disk, folder.Tables, new TableJournalOptions()));

    private T? Understand<T>(string path, string kind, Func<T?> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (CorruptStoreException exception)
        {
            tally.Found(kind, exception.Path, exception.Offset, exception.Reason, "The host does not start on this folder.", Restore);
        }
        catch (Exception exception) when (exception is UnreadableStoreException || UnreadableStoreException.IsReason(exception))
        {
            tally.Found(kind, path, null, (exception as UnreadableStoreException)?.InnerException?.Message ?? exception.Message, "The host does not start on this folder, or was written by a newer version.", "Use the version that wrote it, or restore the folder from a backup.");
        }
        return null;
    }

    private async Task Rows(TableJournal tables, CancellationToken cancellationToken)
    {
        var known = new KnownReferences(tables, new ArtifactFolder(disk, folder.Artifacts));
        await foreach (var reference in known.Read(cancellationToken))
        {
            tally.References++;
            if (!reference.IsThere)
                tally.Found("reference-dangling", reference.Row, null, $"{reference.What} is artifact {reference.Hash}, which is missing.", "It cannot be read or used.", Restore);
        }
        var registry = new ModelRegistry(tables, TimeProvider.System);
        foreach (var model in await registry.ListModels(cancellationToken))
        {
            var audit = await registry.VerifyAudit(model.Name, cancellationToken);
            tally.AuditEntries += audit.Entries;
            if (!audit.Intact)
                tally.Found("audit-broken", $"registry/{model.Name}", null, audit.Break!, "Decisions about this model were changed, dropped or put in behind the host's back.", Restore);
        }
    }
}
