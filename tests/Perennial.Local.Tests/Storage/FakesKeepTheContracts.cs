using Perennial.Contracts.Fakes;
using Perennial.Contracts.Storage;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Storage;

public sealed class InMemoryContentStoreTests : ContentStoreContract
{
    protected override IContentStore Store { get; } = new InMemoryContentStore();
}

public sealed class InMemoryNamedBlobsTests : NamedBlobsContract
{
    protected override INamedBlobs Blobs { get; } = new InMemoryNamedBlobs();
}

public sealed class InMemoryTableStoreTests : TableStoreContract
{
    protected override ITableStore Tables { get; } = new InMemoryTableStore();
}

public sealed class InMemoryPredictionLogTests : PredictionLogContract
{
    protected override IPredictionLog Log { get; } = new InMemoryPredictionLog();
}
