using Azure.Core;
using Azure.Core.Pipeline;
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
    private AzureStores(BlobContentStore content, AzureNamedBlobs blobs, AzureTableStore tables, SpilledValues values, AppendBlobLog log) =>
        (Content, Blobs, Tables, Log, Values) = (content, blobs, tables, log, new ValueCollection(tables, values));

    /// <summary>Content by hash.</summary>
    public BlobContentStore Content { get; }

    /// <summary>Small mutable blobs.</summary>
    public AzureNamedBlobs Blobs { get; }

    /// <summary>Entities.</summary>
    public AzureTableStore Tables { get; }

    /// <summary>Predictions and labels.</summary>
    public AppendBlobLog Log { get; }

    /// <summary>Removes what entities no longer name of the values that they have no room for.</summary>
    public ValueCollection Values { get; }

    /// <summary>The clients over the account. Nothing is sent before the first use of a store, so that a start needs no network.</summary>
    /// <exception cref="ArgumentException">The options are wrong (<see cref="AzureStorageOptions.Check"/>).</exception>
    public static AzureStores Open(AzureStorageOptions options, TimeProvider clock) => Open(options, clock, AppendBlobLogOptions.Default);

    internal static AzureStores Open(AzureStorageOptions options, TimeProvider clock, AppendBlobLogOptions log, HttpPipelineTransport? transport = null)
    {
        options.Check();
        var (blobs, tables) = options.ConnectionString is { } emulator
            ? (new BlobServiceClient(emulator, Patient(new BlobClientOptions(), options, transport)), new TableServiceClient(emulator, Patient(new TableClientOptions(), options, transport)))
            : WithIdentity(options, transport);
        BlobContainer Container(string name) => new(blobs.GetBlobContainerClient($"{options.Prefix}-{name}"));
        var values = new SpilledValues(Container("values"), clock);
        return new AzureStores(
            new BlobContentStore(Container("content"), clock),
            new AzureNamedBlobs(Container("blobs")),
            new AzureTableStore(tables, options.Prefix, values),
            values,
            new AppendBlobLog(Container("log"), clock, log));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Log.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => Log.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static (BlobServiceClient Blobs, TableServiceClient Tables) WithIdentity(AzureStorageOptions options, HttpPipelineTransport? transport)
    {
        TokenCredential credential = options.IdentityClientId is { } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();
        Uri Endpoint(string service) => new($"https://{options.AccountName}.{service}.{options.EndpointSuffix}");
        return (
            new BlobServiceClient(Endpoint("blob"), credential, Patient(new BlobClientOptions(), options, transport)),
            new TableServiceClient(Endpoint("table"), credential, Patient(new TableClientOptions(), options, transport)));
    }

    /// <summary>Has throttling and lost connections tried again by the SDK, by default for about half a minute in all, and what then is left told as the ports tell it.</summary>
    internal static T Patient<T>(T options, AzureStorageOptions storage, HttpPipelineTransport? transport) where T : ClientOptions
    {
        if (transport is not null) options.Transport = transport;
        options.AddPolicy(new StorageFaults(), HttpPipelinePosition.PerCall);
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = storage.MaxRetries;
        options.Retry.Delay = storage.RetryDelay;
        options.Retry.MaxDelay = storage.MaxRetryDelay;
        return options;
    }
}
