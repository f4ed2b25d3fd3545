using Microsoft.Extensions.Logging;
using Perennial.Api.Hosting;
using Perennial.Contracts.Notices;
using Perennial.Core.Ports;

namespace Perennial.Cli.Tests;

public sealed class LogNotifierTests : NotifierContract
{
    private readonly ListLogger _log = new();

    protected override INotifier Notifier => new LogNotifier(_log);

    protected override Task<IReadOnlyList<string>> Delivered() => Task.FromResult<IReadOnlyList<string>>(_log.Lines);

    private sealed class ListLogger : ILogger<LogNotifier>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
