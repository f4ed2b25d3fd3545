using System.Globalization;
using Perennial.Core.Tests.Spec;
using Perennial.Local.Orchestration;

namespace Perennial.Core.Tests.Orchestration;

/// <summary>
/// Keeps histories of what tests run for real, where PERENNIAL_RECORD_HISTORIES is 1: a file for each shape that no file has yet, named
/// after the test. It never overwrites. What the files are for says the README beside them.
/// </summary>
internal static class HistoryRecorder
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Perennial.Local.Tests", "Histories");
    private static readonly Lock Gate = new();

    /// <summary>Told of generations that end in a test; null where nothing is to be kept.</summary>
    public static Action<RecordedHistory>? For(string test, params string[] orchestrations)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_RECORD_HISTORIES") != "1") return null;
        return history =>
        {
            if (orchestrations.Contains(history.Orchestration)) Keep(history, test);
        };
    }

    private static void Keep(RecordedHistory history, string test)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{history.Orchestration}.v{history.Version}.");
        lock (Gate)
        {
            if (Directory.EnumerateFiles(Folder, prefix + "*.json").Any(file => RecordedHistory.Read(File.ReadAllText(file)).Shape() == history.Shape())) return;
            using var file = new StreamWriter(new FileStream(Path.Combine(Folder, Free(prefix + test.Replace('_', '-').ToLowerInvariant())), FileMode.CreateNew));
            file.Write(history.Write());
        }
    }

    private static string Free(string name) =>
        Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? $"{name}.json" : $"{name}-{i}.json").First(file => !File.Exists(Path.Combine(Folder, file)));
}
