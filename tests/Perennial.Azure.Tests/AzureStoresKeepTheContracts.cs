using Perennial.Azure.Tests.Support;
using Perennial.Contracts.Storage;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests;

[Collection(AzuriteCollection.Name)]
public sealed class BlobContentStoreContractTests(Azurite azurite) : ContentStoreContract
{
    protected override IContentStore Store { get; } = azurite.Stores().Content;
}

[Collection(AzuriteCollection.Name)]
public sealed class AzureNamedBlobsContractTests(Azurite azurite) : NamedBlobsContract
{
    protected override INamedBlobs Blobs { get; } = azurite.Stores().Blobs;
}

[Collection(AzuriteCollection.Name)]
public sealed class AzureTableStoreContractTests(Azurite azurite) : TableStoreContract
{
    protected override ITableStore Tables { get; } = azurite.Stores().Tables;
}

[Collection(AzuriteCollection.Name)]
public sealed class AppendBlobLogContractTests(Azurite azurite) : PredictionLogContract
{
    protected override IPredictionLog Log { get; } = azurite.Stores().Log;
}
