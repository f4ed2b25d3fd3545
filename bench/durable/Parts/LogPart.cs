using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Durable.Bench.Parts;

/// <summary>Group commit alone: the segmented log that all stores are made of.</summary>
internal sealed class LogPart : IBenchPart
{
    public string Name => "log";

    public string Title => "Group commit alone: the segmented log, 1 KB a record";

    public async Task Run(Section section, Scratch scratch)
    {
        var record = new byte[1024];
        Random.Shared.NextBytes(record);
        using var log = SegmentedLog.Open(SystemDisk.Instance, scratch.Next("log"));
        await new GroupRates(section, scratch, record.Length).Measure([1, 4, 16, 64, 256], (_, _) => log.Append(record));
    }
}
