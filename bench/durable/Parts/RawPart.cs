namespace Perennial.Durable.Bench.Parts;

/// <summary>The disk itself.</summary>
internal sealed class RawPart : IBenchPart
{
    private const int Rounds = 7;
    private static readonly int[] Sizes = [200, 1024, 4096];

    public string Name => "raw";

    public string Title => "The disk: one writer, fdatasync after each write";

    public Task Run(Section section, Scratch scratch)
    {
        var rates = Sizes.ToDictionary(bytes => bytes, _ => new Spread());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var bytes in Sizes) rates[bytes].Add(scratch.Raw.Rate(bytes, 0.5));
        }
        section.Table("bytes a write", "fdatasync/s");
        foreach (var bytes in Sizes) section.Row($"{bytes:#,0}", rates[bytes].Show());
        return Task.CompletedTask;
    }
}
