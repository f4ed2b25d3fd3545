using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests.Tables;

[Collection(AzuriteCollection.Name)]
public sealed class PrefixTests(Azurite azurite)
{
    [Fact]
    public async Task A_system_does_not_list_the_tables_of_one_whose_prefix_begins_with_its_own()
    {
        var options = azurite.Options();
        foreach (var prefix in new[] { options.Prefix, options.Prefix + "t", options.Prefix + "ab" })
            await Tables(options with { Prefix = prefix }).Write($"of{prefix.Length}", "p", [TableOperation.Insert("r", new Dictionary<string, string>())]);

        Assert.Equal([$"of{options.Prefix.Length}"], await Tables(options).Tables().ToListAsync());
    }

    private static ITableStore Tables(AzureStorageOptions options) => AzureStores.Open(options, TimeProvider.System).Tables;
}
