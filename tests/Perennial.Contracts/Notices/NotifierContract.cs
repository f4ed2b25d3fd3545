using Perennial.Core.Ports;

namespace Perennial.Contracts.Notices;

/// <summary>What every notifier does.</summary>
public abstract class NotifierContract
{
    private static readonly Notice Notice = new("alert-opened-7", "churn", "alert-opened", "age (PSI 0.40) {0} \u001b[31m", new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected abstract INotifier Notifier { get; }

    /// <summary>The ids or messages that have reached the other side.</summary>
    protected abstract Task<IReadOnlyList<string>> Delivered();

    [Fact]
    public async Task A_notice_reaches_the_other_side_whole()
    {
        await Notifier.Notify(Notice);
        Assert.Contains(await Delivered(), told => told.Contains("age (PSI 0.40)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_notice_may_come_again()
    {
        await Notifier.Notify(Notice);
        await Notifier.Notify(Notice);
        Assert.NotEmpty(await Delivered());
    }
}
