using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>Progress is one line that leaves no trace.</summary>
public sealed class ProgressLineTests
{
    [Fact]
    public void A_bar_where_the_end_is_known_a_number_where_it_is_not_and_nothing_at_the_end()
    {
        var writer = new StringWriter();
        using (var line = new ProgressLine(writer, visible: true, TimeProvider.System))
        {
            line.Report(new MigrationProgress("Artifacts", 6, 24));
            line.Report(new MigrationProgress("Artifacts", 24, 24));
            line.Report(new MigrationProgress("Records", 1_000, null));
        }

        var drawn = writer.ToString().Split('\r');
        Assert.Equal(["", "Artifacts: [######------------------] 6 of 24", "Artifacts: [########################] 24 of 24"], drawn[..3]);
        Assert.Equal("Records: 1000".PadRight(drawn[2].Length), drawn[3]);
        Assert.All(drawn[4..], rest => Assert.True(string.IsNullOrWhiteSpace(rest)));
    }

    [Fact]
    public void It_is_not_drawn_for_each_of_many()
    {
        var writer = new StringWriter();
        using var line = new ProgressLine(writer, visible: true, new StandingClock());

        for (var i = 1; i < 1_000; i++) line.Report(new MigrationProgress("Records", i, null));

        Assert.Equal("\rRecords: 1", writer.ToString());
    }

    [Fact]
    public void Nothing_is_drawn_where_nobody_looks()
    {
        var writer = new StringWriter();
        using (var line = new ProgressLine(writer, visible: false, TimeProvider.System)) line.Report(new MigrationProgress("Artifacts", 1, 2));

        Assert.Empty(writer.ToString());
    }

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
