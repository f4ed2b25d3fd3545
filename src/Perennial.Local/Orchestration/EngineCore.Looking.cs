using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <content>
/// What instances look like from outside. A loaded one is shown as it stands; where the record of any other is, is said once that is durable, and it
/// is read by whoever asked: a long history must not hold up the engine's thread.
/// </content>
internal sealed partial class EngineCore
{
    public async Task<OrchestrationState?> Get(string instanceId) =>
        await Read(await Ask(() => See(instanceId, LoadedState)).ConfigureAwait(false), LoadedState, StoredState).ConfigureAwait(false);

    public Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId) => Events(
        instanceId, static instance => [.. instance.History], (stored, at) => stored is EndedInstance ? ReadEnded(stored, at).History : ReadUnloaded(stored, at).History);

    /// <summary>What came for an instance and its code has not seen yet.</summary>
    public Task<IReadOnlyList<OrchestrationEvent>> Waiting(string instanceId) => Events(
        instanceId, static instance => [.. instance.Inbox], (stored, at) => stored is EndedInstance ? [] : [.. ReadUnloaded(stored, at).Inbox]);

    private static OrchestrationState? LoadedState(Instance instance) => instance.State();

    private OrchestrationState? StoredState(StoredInstance stored, LogPosition at)
    {
        if (stored is EndedInstance)
        {
            return ReadEnded(stored, at, keepsHistory: false).State();
        }

        var reader = new WholeReader(_journal!.Read(at)[0], keepsUnloaded: false);
        RequireSame(stored, at, reader.Head);
        return reader.State();
    }

    private async Task<IReadOnlyList<OrchestrationEvent>> Events(
        string instanceId, Func<Instance, IReadOnlyList<HistoryEvent>?> loaded, Func<StoredInstance, LogPosition, IReadOnlyList<HistoryEvent>?> read)
    {
        var sight = await Ask(() => See(instanceId, loaded)).ConfigureAwait(false);
        return Shown(await Read(sight, loaded, read).ConfigureAwait(false) ?? []);
    }

    // On the engine's thread, as is what it returns.
    private Func<Sight<T>> See<T>(string instanceId, Func<Instance, T> loaded)
    {
        switch (_index.Find(instanceId))
        {
            case Instance instance:
                var now = loaded(instance);
                return () => new Sight<T>(instanceId, now, null, default);
            case StoredInstance stored:
                return () => new Sight<T>(instanceId, default, stored, stored.Position);
            default:
                return () => new Sight<T>(instanceId, default, null, default);
        }
    }

    // On the asker's thread. A compaction may have moved a record meanwhile, and dropped its place.
    private async Task<T?> Read<T>(Sight<T> sight, Func<Instance, T> loaded, Func<StoredInstance, LogPosition, T> read)
    {
        while (sight.Stored is not null)
        {
            try
            {
                return read(sight.Stored, sight.At);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException)
            {
                var former = sight;
                sight = await Ask(() => See(former.Id, loaded)).ConfigureAwait(false);
                if (ReferenceEquals(sight.Stored, former.Stored) && sight.At == former.At)
                {
                    throw;
                }
            }
        }

        return sight.Loaded;
    }

    private static OrchestrationEvent[] Shown(IReadOnlyList<HistoryEvent> history) => [.. history.Select((e, at) => new OrchestrationEvent(
        at, Instance.Instant(e.Time), HistoryEvent.Label(e.Kind), e.Name,
        e.Data is not null ? PayloadJson.Element(e.Data) : e.Due > 0 ? PayloadJson.Element(PayloadJson.Write(Instance.Instant(e.Due))) : null))];

    /// <summary>What was seen of an instance, or where its record was then.</summary>
    private readonly record struct Sight<T>(string Id, T? Loaded, StoredInstance? Stored, LogPosition At);
}
