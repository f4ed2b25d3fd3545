using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Perennial.Core.Ports;

namespace Perennial.Azure.Blobs;

/// <summary>
/// Content by hash as block blobs <c>ab/cdef…</c>, written once (<c>If-None-Match: *</c>). Many processes may share the container.
/// </summary>
/// <remarks>
/// A blob's Last-Modified says when its content was last put or asked for: who is told that content is there renews it, at most once in
/// <see cref="RenewAfter"/>. A sweep removes a blob only while it has the ETag that was listed, so a renewal by any process, even between
/// the list and the removal, keeps the content.
/// </remarks>
public sealed class BlobContentStore : IContentStore, IContentSweeper
{
    /// <summary>Content that was touched within this time is not touched again.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(20);

    private static readonly Dictionary<string, string> Kept = new() { ["kept"] = "yes" };
    private readonly BlobContainer _container;
    private readonly TimeProvider _clock;
    private readonly int _folderDigits;
    private BlobSweep? _sweep;

    /// <param name="container">Where the blobs are.</param>
    /// <param name="clock">Says how long ago a blob was touched.</param>
    /// <param name="folderDigits">How many digits of a hash come before the slash in a blob's name; with 0 there is no slash.</param>
    public BlobContentStore(BlobContainer container, TimeProvider clock, int folderDigits = 2) => (_container, _clock, _folderDigits) = (container, clock, folderDigits);

    /// <inheritdoc/>
    public async Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default)
    {
        await using var spooled = await SpooledContent.Read(content, cancellationToken);
        _sweep?.Touch(spooled.Hash);
        var blob = BlobOf(spooled.Hash);
        var length = await Renew(blob, cancellationToken);
        if (length == spooled.Bytes.Length) return spooled.Hash;
        // A blob of another length is damaged: whoever puts the content again heals it.
        var conditions = length is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : null;
        try
        {
            await _container.Write(
                _ =>
                {
                    spooled.Bytes.Position = 0;
                    return blob.UploadAsync(spooled.Bytes, new BlobUploadOptions { Conditions = conditions }, cancellationToken);
                },
                cancellationToken);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsThere(failure))
        {
            // Another writer was first, or a repeated request met what it had done itself: equal names are equal bytes.
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Content of many blocks: another writer's commit took this one's blocks away, which were the same.
            if (await Renew(blob, cancellationToken) != spooled.Bytes.Length) throw;
        }
        return spooled.Hash;
    }

    /// <inheritdoc/>
    public async Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default) => await ContentStream.Open(BlobOf(hash), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default)
    {
        _sweep?.Touch(hash);
        return await Renew(BlobOf(hash), cancellationToken) is not null;
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default)
    {
        try
        {
            return await BlobOf(hash).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ContentHash> List([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (hash, _) in Items(cancellationToken)) yield return hash;
    }

    /// <inheritdoc/>
    /// <remarks>A grace shorter than three times <see cref="RenewAfter"/> counts as that, since touches are written down only so often.</remarks>
    public IContentSweep Begin(TimeSpan grace)
    {
        var sweep = new BlobSweep(this, _clock.GetUtcNow() - (grace > 3 * RenewAfter ? grace : 3 * RenewAfter));
        return Interlocked.CompareExchange(ref _sweep, sweep, null) is null ? sweep : throw new InvalidOperationException("Artifacts are being collected already.");
    }

    internal void End(BlobSweep sweep) => Interlocked.CompareExchange(ref _sweep, null, sweep);

    /// <summary>All blobs whose name is a hash, in ordinal order.</summary>
    internal async IAsyncEnumerable<(ContentHash Hash, BlobItem Item)> Items([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in Listing.Of(_container, "", cancellationToken))
            if (ContentHash.TryParse(item.Name.Replace("/", "", StringComparison.Ordinal), out var hash)) yield return (hash, item);
    }

    /// <summary>Removes content while it still has the ETag.</summary>
    internal async Task<bool> DeleteUnchanged(ContentHash hash, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            await BlobOf(hash).DeleteAsync(conditions: new BlobRequestConditions { IfMatch = etag }, cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure) || BlobContainer.IsConflict(failure))
        {
            return false;
        }
    }

    private string NameOf(ContentHash hash)
    {
        var digits = hash.ToString();
        if (digits.Length == 0) throw new ArgumentException("An empty content hash names nothing.");
        return _folderDigits == 0 ? digits : $"{digits[.._folderDigits]}/{digits[_folderDigits..]}";
    }

    /// <summary>The blob's length, once it is written down that it was asked for; null when there is none.</summary>
    private async Task<long?> Renew(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            if (_clock.GetUtcNow() - properties.LastModified > RenewAfter) await blob.SetMetadataAsync(Kept, cancellationToken: cancellationToken);
            return properties.ContentLength;
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            return null;
        }
    }

    private BlobClient BlobOf(ContentHash hash) => _container.Client.GetBlobClient(NameOf(hash));
}
