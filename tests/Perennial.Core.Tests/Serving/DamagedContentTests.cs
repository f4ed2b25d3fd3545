using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Local.Storage.Artifacts;

namespace Perennial.Core.Tests.Serving;

/// <summary>Bytes that were altered behind the store's back are never used.</summary>
public sealed class DamagedContentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("signature.json")]
    [InlineData(null)]
    public async Task A_version_whose_package_is_damaged_is_not_loaded_and_the_file_is_named(string? file)
    {
        var live = await LiveModel.Create();
        var version = await live.Add(speed => speed);
        var copy = new ArtifactFolder(_folder);
        await foreach (var each in live.Content.List()) await copy.PutBytes(await live.Content.GetBytes(each));
        var hash = file is null ? version.Package : (await live.Content.GetJson<PackageManifest>(version.Package))[file];
        var loaded = new LoadedVersions(copy, live.Runtime);
        Flip(hash);

        var damaged = await Assert.ThrowsAsync<DamagedContentException>(() => loaded.Load(version, CancellationToken.None));

        Assert.Equal(hash, damaged.Hash);
        Assert.Contains(hash.ToString(), damaged.Message, StringComparison.Ordinal);
        Flip(hash);
        Assert.Equal(version, (await loaded.Load(version, CancellationToken.None)).Version);
    }

    [Fact]
    public async Task A_stream_is_handed_on_only_when_all_of_it_is_as_it_was_stored()
    {
        var store = new ArtifactFolder(_folder);
        var hash = await store.PutBytes(new byte[300_000]);
        await using (var stream = await store.OpenVerified(hash)) Assert.Equal((0, 300_000), (stream.Position, stream.Length));
        Flip(hash);
        await Assert.ThrowsAsync<DamagedContentException>(() => store.OpenVerified(hash));
        await Assert.ThrowsAsync<MissingContentException>(() => store.OpenVerified(ContentHash.Of("nowhere"u8)));
    }

    private void Flip(ContentHash hash)
    {
        var path = Path.Combine(_folder, hash.ToString()[..2], hash.ToString()[2..]);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
