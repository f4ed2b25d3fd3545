using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Governance;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Registry;

public class ModelRegistryTests
{
    private static readonly ContentHash Package = ContentHash.Of("package"u8);

    private readonly InMemoryTableStore _tables = new();
    private readonly FaultyTableStore _faulty;
    private readonly ModelRegistry _registry;

    public ModelRegistryTests()
    {
        _faulty = new FaultyTableStore(_tables);
        _registry = new ModelRegistry(_faulty, TimeProvider.System);
    }

    [Fact]
    public async Task A_spec_put_twice_is_one_revision_and_one_entry()
    {
        var first = (await _registry.PutModel("birds", ContentHash.Of("a"u8), "ann")).Value;
        var again = (await _registry.PutModel("birds", ContentHash.Of("a"u8), "ann")).Value;
        var changed = (await _registry.PutModel("birds", ContentHash.Of("b"u8), "ann")).Value;

        Assert.Equal((1, 1, 2), (first.SpecRevision, again.SpecRevision, changed.SpecRevision));
        Assert.Equal(["model-created", "spec-changed"], (await _registry.Audit("birds")).Select(e => e.Kind));
        Assert.Equal(changed, Assert.Single(await _registry.ListModels()));
    }

    [Fact]
    public async Task A_run_is_rejected_once_in_the_audit_whatever_came_between_a_crash_and_the_repeated_step()
    {
        await _registry.PutModel("birds", Package, "ann");
        var first = await _registry.Record("birds", "run-rejected", "pipeline", "no better", null, "run-birds-1", oncePerRun: true);
        await _registry.PutModel("birds", ContentHash.Of("b"u8), "ann");

        var again = await _registry.Record("birds", "run-rejected", "pipeline", "no better", null, "run-birds-1", oncePerRun: true);
        await _registry.Record("birds", "run-rejected", "pipeline", "no better", null, "run-birds-2", oncePerRun: true);

        Assert.Equal(first.Value, again.Value);
        Assert.Equal(["model-created", "run-rejected", "spec-changed", "run-rejected"], (await _registry.Audit("birds")).Select(e => e.Kind));
    }

    [Fact]
    public async Task The_index_of_models_can_be_rebuilt()
    {
        await _registry.PutModel("birds", Package, "ann");
        await _tables.Write("models", "models", [TableOperation.Delete("birds", "*")]);
        Assert.Empty(await _registry.ListModels());

        await _registry.RebuildIndex();

        Assert.Equal("birds", Assert.Single(await _registry.ListModels()).Name);
    }

    [Fact]
    public async Task A_run_registers_once_however_often_it_asks()
    {
        var first = await _registry.Register("birds", "run-birds-1", Package, "passed");
        var again = await _registry.Register("birds", "run-birds-1", Package, "passed");
        var other = await _registry.Register("birds", "run-birds-2", Package, "passed");

        Assert.Equal(first, again);
        Assert.Equal(2, other.Version);
        Assert.Equal(2, (await _registry.ListVersions("birds")).Count);
    }

    [Fact]
    public async Task A_registration_whose_acknowledgement_is_lost_is_found_again()
    {
        _faulty.Next(WriteFault.Unacknowledged);
        var version = await _registry.Register("birds", "run-birds-1", Package, "passed");

        Assert.Equal(1, version.Version);
        Assert.Single(await _registry.ListVersions("birds"));
        Assert.Single(await _registry.Audit("birds"));
    }

    [Fact]
    public async Task A_registration_that_was_not_written_fails_and_a_later_one_takes_the_same_number()
    {
        _faulty.Next(WriteFault.Lost);
        await Assert.ThrowsAsync<IOException>(() => _registry.Register("birds", "run-birds-1", Package, "passed"));
        Assert.Empty(await _registry.ListVersions("birds"));

        Assert.Equal(1, (await _registry.Register("birds", "run-birds-1", Package, "passed")).Version);
    }

    [Fact]
    public async Task A_lost_race_is_tried_again_and_no_entry_is_lost()
    {
        _faulty.Interloper = () => new ModelRegistry(_tables, TimeProvider.System).Register("birds", "run-birds-7", Package, "faster");
        var version = await _registry.Register("birds", "run-birds-8", Package, "slower");

        Assert.Equal(2, version.Version);
        Assert.Equal(["run-birds-7", "run-birds-8"], (await _registry.Audit("birds")).Select(e => e.Run));
        Assert.True((await _registry.VerifyAudit("birds")).Intact);
    }

    [Fact]
    public async Task Many_writers_at_once_leave_one_unbroken_chain()
    {
        await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Task.Run(() => _registry.Register("birds", $"run-birds-{i}", Package, "passed"))));

        Assert.Equal(Enumerable.Range(1, 12), (await _registry.ListVersions("birds")).Select(v => v.Version));
        Assert.Equal(new AuditVerification(12, true, null), await _registry.VerifyAudit("birds"));
    }

    [Fact]
    public async Task Promotion_moves_the_aliases_and_the_states()
    {
        await Versions(2);
        await _registry.Promote("birds", 1, "pipeline", "first");
        await _registry.StartChallenge("birds", 2, "shadow");
        await _registry.Promote("birds", 2, "rollout", "better");

        Assert.Equal([("champion", 2), ("previous", 1)], (await _registry.ListAliases("birds")).Select(a => (a.Alias, a.Version)));
        Assert.Equal([VersionState.Retired, VersionState.Champion], (await _registry.ListVersions("birds")).Select(v => v.State));
    }

    [Fact]
    public async Task Promoting_the_champion_again_changes_nothing()
    {
        await Versions(1);
        var first = await _registry.Promote("birds", 1, "pipeline", "first");
        var again = await _registry.Promote("birds", 1, "pipeline", "first");

        Assert.Equal(first.Value, again.Value);
        Assert.Equal(2, (await _registry.Audit("birds")).Count);
    }

    [Fact]
    public async Task Rollback_restores_the_champion_before_once()
    {
        await Versions(2);
        await _registry.Promote("birds", 1, "pipeline", "first");
        await _registry.Promote("birds", 2, "rollout", "better");

        Assert.Equal(1, (await _registry.Rollback("birds", "ann", "wrong answers")).Value.Version);
        Assert.Equal([VersionState.Champion, VersionState.Retired], (await _registry.ListVersions("birds")).Select(v => v.State));
        Assert.Equal("no-previous-version", (await _registry.Rollback("birds", "ann", "again")).Problem!.Code);
    }

    [Fact]
    public async Task A_challenge_that_ends_leaves_a_newer_challenger_alone()
    {
        await Versions(3);
        await _registry.Promote("birds", 1, "pipeline", "first");
        await _registry.StartChallenge("birds", 2, "shadow");
        await _registry.StartChallenge("birds", 3, "shadow, newer");
        await _registry.EndChallenge("birds", 2, VersionState.Registered, "superseded");

        Assert.Equal(3, (await _registry.FindAlias("birds", ModelRegistry.Challenger))!.Version);
        await _registry.EndChallenge("birds", 3, VersionState.Rejected, "worse");
        Assert.Null(await _registry.FindAlias("birds", ModelRegistry.Challenger));
        Assert.Equal("version-rejected", (await _registry.Audit("birds"))[^1].Kind);
    }

    [Fact]
    public async Task Unknown_versions_are_a_problem_and_write_nothing()
    {
        var writes = _faulty.Writes;
        Assert.Equal(ProblemKind.NotFound, (await _registry.Promote("birds", 9, "ann", "?")).Problem!.Kind);
        Assert.Equal("version-unknown", (await _registry.StartChallenge("birds", 9, "?")).Problem!.Code);
        Assert.Equal("model-unknown", (await _registry.Record("birds", "alert-opened", "monitor", "drift")).Problem!.Code);
        Assert.Equal(writes, _faulty.Writes);
    }

    [Fact]
    public async Task A_recorded_decision_repeated_at_once_is_one_entry()
    {
        await _registry.PutModel("birds", Package, "ann");
        await _registry.Record("birds", "alert-opened", "monitor", "psi 0.4", 1);
        await _registry.Record("birds", "alert-opened", "monitor", "psi 0.4", 1);
        await _registry.Record("birds", "alert-closed", "monitor", "psi 0.1", 1);
        await _registry.Record("birds", "alert-opened", "monitor", "psi 0.4", 1);

        Assert.Equal(4, (await _registry.Audit("birds")).Count);
        Assert.Equal([2, 3], (await _registry.Audit("birds", afterSequence: 1, take: 2)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_changed_entry_breaks_the_chain()
    {
        await Versions(3);
        var entity = (await _tables.Get("registry", "birds", "audit-0000000002"))!;
        var forged = JsonSerializer.Deserialize<AuditEntry>(entity.Properties["json"], CoreJson.Options)! with { Actor = "nobody" };
        await _tables.Write("registry", "birds", [TableOperation.Replace(entity.Row, Json(forged), "*")]);

        var found = await _registry.VerifyAudit("birds");
        Assert.False(found.Intact);
        Assert.StartsWith("Entry 2 was changed", found.Break, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_entry_with_its_own_hash_breaks_the_chain_at_the_next()
    {
        await Versions(3);
        var entity = (await _tables.Get("registry", "birds", "audit-0000000002"))!;
        var forged = AuditChain.Seal(JsonSerializer.Deserialize<AuditEntry>(entity.Properties["json"], CoreJson.Options)! with { Actor = "nobody" });
        await _tables.Write("registry", "birds", [TableOperation.Replace(entity.Row, Json(forged), "*")]);

        Assert.StartsWith("Entry 3 does not follow", (await _registry.VerifyAudit("birds")).Break, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dropped_last_entry_is_missed()
    {
        await Versions(2);
        await _tables.Write("registry", "birds", [TableOperation.Delete("audit-0000000002", "*")]);

        Assert.Equal("The chain ends at entry 1, its head says 2.", (await _registry.VerifyAudit("birds")).Break);
    }

    [Fact]
    public async Task Entries_carry_the_clock_that_was_handed_in()
    {
        var now = new DateTimeOffset(1999, 4, 1, 0, 0, 0, TimeSpan.Zero);
        var registry = new ModelRegistry(_tables, new MovableClock(now));
        await registry.PutModel("birds", Package, "ann");

        Assert.Equal(now, Assert.Single(await registry.Audit("birds")).At);
    }

    private static Dictionary<string, string> Json<T>(T value) => new() { ["json"] = JsonSerializer.Serialize(value, CoreJson.Options) };

    private async Task Versions(int count)
    {
        for (var i = 1; i <= count; i++) await _registry.Register("birds", $"run-birds-{i}", Package, "passed");
    }
}
