using System.Runtime.CompilerServices;
using System.Text;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Maintenance.Backup;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Artifacts;
using Perennial.Local.Storage.Blobs;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Folders;
using Perennial.Local.Storage.Predictions;
using Perennial.Local.Storage.Segments;
using Perennial.Local.Storage.Tables;

namespace Perennial.Local.Tests.Maintenance;

/// <summary>All stores over one folder, with segments so short that they roll, and tables that compact, all the time.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    private static readonly OrchestrationName<string, string> Wait = new("Wait");
    private readonly FolderClock _clock;
    private readonly PredictionLogFolder _log;

    private ServedFolder(DataFolder folder)
    {
        Folder = folder;
        _clock = new FolderClock(TimeProvider.System, folder.Path);
        Tables = new TableJournal(SystemDisk.Instance, folder.Tables, new TableJournalOptions(CompactionBytes: 4000, Log: new SegmentedLogOptions(1000, 256)));
        _log = new PredictionLogFolder(SystemDisk.Instance, folder.Predictions, new SegmentedLogOptions(1000, 256));
        Artifacts = new ArtifactFolder(folder.Artifacts);
        Blobs = new NamedBlobFolder(folder.Blobs);
        var catalog = new OrchestrationCatalog().Add(Wait, static async (IOrchestrationContext context, string id) => id + (await context.WaitForEvent<string>("Go")).Value);
        Engine = new ReopeningEngine(
            () => new DurableEngine(folder.Orchestrations, catalog, _clock, new EngineOptions { CompactAfterBytes = 4000 }), _ => Task.CompletedTask, _ => { });
    }

    public DataFolder Folder { get; }

    public TableJournal Tables { get; }

    public ArtifactFolder Artifacts { get; }

    public NamedBlobFolder Blobs { get; }

    public ReopeningEngine Engine { get; }

    public static async Task<ServedFolder> Open(string path)
    {
        var served = new ServedFolder(DataFolder.Open(path));
        await served.Engine.StartAsync();
        return served;
    }

    public FolderBackup Backup() => new(Folder, Engine, Tables, _log, Artifacts);

    /// <summary>An artifact, a prediction, a row, an instance and another row of an id, each once the one before is acknowledged.</summary>
    public async Task Add(string id)
    {
        var artifact = await Artifacts.PutBytes(Encoding.UTF8.GetBytes($"artifact of {id}"));
        await _log.Append($"predictions/{id[1]}", [new LogRecord(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(id))]);
        await Tables.Write("ids", "p", [TableOperation.Insert(id, new Dictionary<string, string> { ["artifact"] = artifact.ToString() })]);
        await Engine.Start(Wait, id, id);
        await Tables.Write("begun", "p", [TableOperation.Insert(id, new Dictionary<string, string>())]);
    }

    /// <summary>An artifact without the syncs of a put.</summary>
    public void PutFile(byte[] content)
    {
        var name = ContentHash.Of(content).ToString();
        Directory.CreateDirectory(Path.Combine(Folder.Artifacts, name[..2]));
        File.WriteAllBytes(Path.Combine(Folder.Artifacts, name[..2], name[2..]), content);
    }

    public async Task<bool> HasInstance(string id) => await Engine.Get(id) is not null;

    public async IAsyncEnumerable<string> Instances([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = new OrchestrationQuery(Take: 1000);
        do
        {
            var page = await Engine.Query(query, cancellationToken);
            foreach (var state in page.Instances) yield return state.InstanceId;
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }

    public async Task<IReadOnlyList<string>> Predictions(int stream)
    {
        var all = new List<string>();
        string? cursor = null;
        while (await _log.Read($"predictions/{stream}", cursor, 1000) is { Records.Count: > 0 } page)
        {
            all.AddRange(page.Records.Select(record => Encoding.UTF8.GetString(record.Payload.Span)));
            cursor = page.Cursor;
        }
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Tables.Dispose();
        _log.Dispose();
        _clock.Dispose();
        Folder.Dispose();
    }
}
