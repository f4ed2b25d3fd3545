using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Perennial.Azure.Blobs;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tables;

namespace Perennial.Azure;

/// <summary>All stores over one storage account. Safe to share; one a process.</summary>
public sealed class AzureStores : IAsyncDisposable, IDisposable
{
    private AzureStores(BlobContentStore content, AzureNamedBlobs blobs, AzureTableStore tables, AppendBlobLog log) =>
        (Content, Blobs, Tables, Log) = (content, blobs, tables, log);

    /// <summary>Content by hash.</summary>
    public BlobContentStore Content { get; }

    /// <summary>Small mutable blobs.</summary>
    public AzureNamedBlobs Blobs { get; }

    /// <summary>Entities.</summary>
    public AzureTableStore Tables { get; }

    /// <summary>Predictions and labels.</summary>
    public AppendBlobLog Log { get; }

    /// <summary>The clients over the account. Nothing is sent before the first use of a store, so that a start needs no network.</summary>
    /// <exception cref="ArgumentException">The options are wrong (<see cref="AzureStorageOptions.Check"/>).</exception>
    public static AzureStores Open(AzureStorageOptions options, TimeProvider clock) => Open(options, clock, AppendBlobLogOptions.Default);

    internal static AzureStores Open(AzureStorageOptions options, TimeProvider clock, AppendBlobLogOptions log)
    {
        options.Check();
        var (blobs, tables) = options.ConnectionString is { } emulator
            ? (new BlobServiceClient(emulator, Patient(new BlobClientOptions())), new TableServiceClient(emulator, Patient(new TableClientOptions())))
            : WithIdentity(options);
        BlobContainer Container(string name) => new(blobs.GetBlobContainerClient($"{options.Prefix}-{name}"));
        return new AzureStores(
            new BlobContentStore(Container("content"), clock),
            new AzureNamedBlobs(Container("blobs")),
            new AzureTableStore(tables, options.Prefix, new SpilledValues(Container("values"))),
            new AppendBlobLog(Container("log"), clock, log));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Log.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => Log.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static (BlobServiceClient Blobs, TableServiceClient Tables) WithIdentity(AzureStorageOptions options)
    {
        TokenCredential credential = options.IdentityClientId is { } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();
        Uri Endpoint(string service) => new($"https://{options.AccountName}.{service}.{options.EndpointSuffix}");
        return (
            new BlobServiceClient(Endpoint("blob"), credential, Patient(new BlobClientOptions())),
            new TableServiceClient(Endpoint("table"), credential, Patient(new TableClientOptions())));
    }

    // Throttling (429, 503) and lost connections are tried again by the SDK, for about half a minute in all.
    private static T Patient<T>(T options) where T : ClientOptions
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 6;
        options.Retry.Delay = TimeSpan.FromMilliseconds(400);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(10);
        return options;
    }
}
