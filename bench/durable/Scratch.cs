namespace Perennial.Durable.Bench;

/// <summary>A folder for the stores that are measured; gone afterwards.</summary>
internal sealed class Scratch : IDisposable
{
    private int _folders;

    public Scratch()
    {
        var parent = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FOLDER") ?? System.IO.Path.GetTempPath();
        Path = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"perennial-bench-{Guid.NewGuid():n}")).FullName;
        Raw = new RawSync(Next("raw"));
    }

    public string Path { get; }

    /// <summary>The disk itself, to compare with.</summary>
    public RawSync Raw { get; }

    /// <summary>A new path in the folder.</summary>
    public string Next(string name) => System.IO.Path.Combine(Path, $"{name}-{++_folders}");

    public void Dispose()
    {
        Raw.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
