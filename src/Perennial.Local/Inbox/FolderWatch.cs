using System.Globalization;
using System.Text;
using Perennial.Core.Data;

namespace Perennial.Local.Inbox;

/// <summary>
/// Hands over the files that people put under <c>inbox/{model}/</c>. A file counts as written when two looks in a row find the same
/// size and time; names that end in <c>.tmp</c> or <c>.part</c> and hidden ones are not looked at. What was accepted moves to
/// <c>done/</c>, what was not to <c>rejected/</c> with the reason beside. A crash in between hands the file over again: whoever
/// accepts must know content it has seen. Links and other folders are left alone.
/// </summary>
public sealed class FolderWatch : IAsyncDisposable
{
    private const string Done = "done";
    private const string Rejected = "rejected";
    private static readonly string[] UnfinishedEndings = [".tmp", ".part"];
    private readonly string _inbox;
    private readonly Func<string, string, CancellationToken, Task<string?>> _accept;
    private readonly Action<string, Exception> _failed;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _scanning = new(1, 1);
    private Dictionary<string, (long Length, DateTime Written)> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private Task _watching = Task.CompletedTask;
    private bool _disposed;

    /// <summary>A watch that does nothing before <see cref="Start"/> or <see cref="Scan"/>.</summary>
    /// <param name="inbox">The folder with a folder for each model.</param>
    /// <param name="accept">Takes model, path and a token; null when the file was accepted, or the reason why not. Must be idempotent by content.</param>
    /// <param name="failed">Told of a file that could not be handed over or moved, and why; the next look tries it again.</param>
    /// <param name="clock">Paces the looks. A clock that stands, lets nothing be found.</param>
    /// <param name="interval">Between looks; 2 s unless told.</param>
    public FolderWatch(
        string inbox,
        Func<string, string, CancellationToken, Task<string?>> accept,
        Action<string, Exception> failed,
        TimeProvider clock,
        TimeSpan? interval = null)
    {
        _inbox = Path.GetFullPath(inbox);
        _accept = accept;
        _failed = failed;
        _clock = clock;
        _interval = interval ?? TimeSpan.FromSeconds(2);
    }

    /// <summary>Looks every interval from now on, until disposed.</summary>
    public void Start() => _watching = Task.Run(Watch);

    /// <summary>Looks once, and hands over what has not changed since the look before.</summary>
    public async Task Scan(CancellationToken cancellationToken = default)
    {
        await _scanning.WaitAsync(cancellationToken);
        try
        {
            var seen = new Dictionary<string, (long, DateTime)>(StringComparer.Ordinal);
            foreach (var file in Files())
            {
                if (!file.Exists)
                {
                    // Gone since it was listed, or its name is no UTF-8; either way it must not keep the others from being looked at.
                    if (_unreadable.Add(file.FullName)) _failed(file.FullName, new FileNotFoundException("The file cannot be opened by its name. If it is there, rename it."));
                    continue;
                }
                var now = (file.Length, file.LastWriteTimeUtc);
                seen[file.FullName] = now;
                if (_seen.TryGetValue(file.FullName, out var before) && before == now) await HandOver(file, cancellationToken);
            }
            _seen = seen;
        }
        finally
        {
            _scanning.Release();
        }
    }

    /// <summary>Stops looking; a hand-over under way is cancelled and the file stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        _scanning.Dispose();
    }

    private async Task Watch()
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        try
        {
            do
            {
                try
                {
                    await Scan(_stop.Token);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    _failed(_inbox, e);
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private List<FileInfo> Files()
    {
        var inbox = new DirectoryInfo(_inbox);
        if (!inbox.Exists) return [];
        return [.. inbox.EnumerateDirectories().Where(model => Ours(model))
            .SelectMany(model => model.EnumerateFiles())
            .Where(file => Ours(file) && !UnfinishedEndings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(file => file.FullName, StringComparer.Ordinal)];
    }

    private static bool Ours(FileSystemInfo entry) => entry.LinkTarget is null && !entry.Name.StartsWith('.');

    private async Task HandOver(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            // A pipe, too, has no length, and to open one is to wait for its writer.
            var reason = file.Length == 0 ? $"'{file.Name}' is empty, or no file."
                : RowFormats.ByName(file.Name) is null ? $"'{file.Name}' is none of .csv, .jsonl and .parquet, nor one of them as .gz."
                : await _accept(file.Directory!.Name, file.FullName, cancellationToken);
            if (reason is null) Move(file, Done);
            else Reject(file, reason);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _failed(file.FullName, e);
        }
    }

    private static void Reject(FileInfo file, string reason)
    {
        // The reason may miss its file after a crash, but no rejected file misses its reason.
        var target = FreeName(file, Rejected);
        File.WriteAllText(target + ".reason.txt", reason + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(file.FullName, target);
    }

    private static void Move(FileInfo file, string folder) => File.Move(file.FullName, FreeName(file, folder));

    private static string FreeName(FileInfo file, string folder)
    {
        var target = Directory.CreateDirectory(Path.Combine(file.DirectoryName!, folder));
        if (target.LinkTarget is not null) throw new IOException($"'{target.FullName}' is a link. Put a folder in its place.");
        var path = Path.Combine(target.FullName, file.Name);
        for (var number = 2; File.Exists(path); number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file.Name)}.{number}{file.Extension}");
            path = Path.Combine(target.FullName, name);
        }
        return path;
    }
}
