using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Rollout;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>Today's code must be able to go on with every instance that a released build began: committed histories are run over it.</summary>
public sealed class HistoryTests
{
    private static readonly string Folder = Path.Combine(Repository(AppContext.BaseDirectory), "tests", "Perennial.Local.Tests", "Histories");

    public static TheoryData<string> Files => [.. Names];

    private static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Todays_code_does_what_a_kept_history_has(string file)
    {
        var history = Read(file);

        Assert.StartsWith($"{history.Orchestration}.v{history.Version}.", file, StringComparison.Ordinal);
        Assert.NotEmpty(history.Events);
        history.Replay(Catalog());
    }

    [Fact]
    public void Every_orchestration_of_the_lifecycle_has_a_kept_history_of_its_present_version()
    {
        var kept = Names.Select(Read).Select(history => (history.Orchestration, history.Version)).ToHashSet();

        Assert.Empty(Catalog().Orchestrations.Values.Where(entry => !kept.Contains((entry.Name, entry.Version))).Select(entry => $"{entry.Name} version {entry.Version}"));
    }

    [Fact]
    public void Calls_that_change_places_are_found_and_told_by_event()
    {
        var reordered = new OrchestrationCatalog().Add(LifecycleNames.Rollout, static async (IOrchestrationContext context, VersionKey key) =>
        {
            await context.Call(RolloutActivities.Judge, key, RetryPolicy.Storage);
            await context.Call(RolloutActivities.Begin, key, RetryPolicy.Storage);
            return Nothing.Value;
        });

        Assert.All(Of(LifecycleNames.Rollout.Value), history =>
        {
            var fault = Assert.Throws<OrchestrationFault>(() => history.Replay(reordered));
            Assert.Equal("orchestration-not-deterministic", fault.Failure.Code);
            Assert.Contains("event 1 its history has activity-scheduled 'RolloutBegin', but today's code of 'Rollout' gives activity-scheduled 'RolloutJudge'", fault.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_step_that_is_left_out_at_the_end_is_found()
    {
        var shorter = new OrchestrationCatalog().Add(LifecycleNames.MonitorSchedule, static async (IOrchestrationContext context, string model) =>
        {
            var due = await context.Call(MonitorActivities.Next, model, RetryPolicy.Storage);
            if (due > context.Now)
            {
                await context.WaitForEvent<Nothing>(LifecycleNames.MonitorNowEvent, due);
            }

            context.ContinueAsNew(model);
            return Nothing.Value;
        });

        Assert.All(Of(LifecycleNames.MonitorSchedule.Value), history => Assert.Throws<OrchestrationFault>(() => history.Replay(shorter)));
    }

    [Fact]
    public void A_history_as_a_file_is_the_history()
    {
        Assert.All(Names, name =>
        {
            var text = File.ReadAllText(Path.Combine(Folder, name));
            Assert.Equal(text, RecordedHistory.Read(text).Write());
        });
    }

    // As the hosts put it together; replay runs no activity, so none needs its services.
    private static OrchestrationCatalog Catalog() => PipelineActivities.AddTo(new OrchestrationCatalog(), () => throw new InvalidOperationException("A replay runs nothing."))
        .AddRollout(null!).AddMonitoring(null!);

    private static RecordedHistory Read(string file) => RecordedHistory.Read(File.ReadAllText(Path.Combine(Folder, file)));

    private static List<RecordedHistory> Of(string orchestration)
    {
        var histories = Names.Select(Read).Where(history => history.Orchestration == orchestration).ToList();
        Assert.NotEmpty(histories);
        return histories;
    }

    private static string Repository(string folder) =>
        File.Exists(Path.Combine(folder, "Local.slnf")) ? folder : Repository(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No repository above the tests."));
}
