namespace Perennial.Kills.Hosts;

/// <summary>A small file system that can be filled to the last byte and freed again.</summary>
internal sealed class SmallDisk(string folder) : IAsyncDisposable
{
    private readonly string _filler = Path.Combine(folder, "filler");

    /// <summary>The host's folder on it.</summary>
    public string Data => Path.Combine(folder, "data");

    public static async Task<SmallDisk> Mount(string folder, int mebibytes)
    {
        await PrivateMounts.Mount(folder, mebibytes);
        return new SmallDisk(folder);
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    /// <summary>Takes what becomes free as long as something lasts: an opening store cuts what it had written ahead, and has that space again.</summary>
    public async Task<T> FullDuring<T>(Task<T> something)
    {
        while (!something.IsCompleted)
        {
            Fill();
            await Task.WhenAny(something, Task.Delay(TimeSpan.FromMilliseconds(1)));
        }
        return await something;
    }

    /// <summary>Gives all space back that was taken.</summary>
    public void Free() => File.Delete(_filler);

    public async ValueTask DisposeAsync() => await PrivateMounts.Unmount(folder);
}
