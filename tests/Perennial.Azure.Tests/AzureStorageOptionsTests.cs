namespace Perennial.Azure.Tests;

public sealed class AzureStorageOptionsTests
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;")]
    public void A_connection_string_of_the_emulator_is_taken(string connectionString) =>
        new AzureStorageOptions { ConnectionString = connectionString }.Check();

    [Theory]
    [InlineData("AccountName=shop;AccountKey=a;EndpointSuffix=core.windows.net")]
    [InlineData("AccountName=shop;AccountKey=a;Note=UseDevelopmentStorage=true")]
    [InlineData("AccountName=devstoreaccount1;AccountKey=a;BlobEndpoint=https://shop.blob.core.windows.net/")]
    public void A_connection_string_of_a_real_account_is_refused(string connectionString)
    {
        var options = new AzureStorageOptions { ConnectionString = connectionString };
        Assert.Contains("Azurite only", Assert.Throws<ArgumentException>(options.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_account_it_is_said_what_to_give() =>
        Assert.Contains("AccountName", Assert.Throws<ArgumentException>(new AzureStorageOptions().Check).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ab")]
    [InlineData("Shop")]
    [InlineData("shop.example.com/x")]
    public void What_is_no_name_of_an_account_does_not_become_an_address(string account) =>
        Assert.Contains("no storage account", Assert.Throws<ArgumentException>(new AzureStorageOptions { AccountName = account }.Check).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")]
    [InlineData("https://shop.blob.core.windows.net/?sv=2024-01-01&sig=c2VjcmV0")]
    public void A_secret_that_stands_where_the_account_should_does_not_get_into_the_message(string account)
    {
        Assert.DoesNotContain("c2VjcmV0", Assert.Throws<ArgumentException>(new AzureStorageOptions { AccountName = account }.Check).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", Assert.Throws<ArgumentException>(new AzureStorageOptions { ConnectionString = account }.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_that_shrink_are_refused() =>
        Assert.Contains("longest wait last", Assert.Throws<ArgumentException>(new AzureStorageOptions { AccountName = "shop", MaxRetryDelay = TimeSpan.Zero }.Check).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ab")]
    [InlineData("Perennial")]
    [InlineData("1abc")]
    [InlineData("per-ennial")]
    public void A_prefix_that_no_container_can_have_is_refused(string prefix) =>
        Assert.Throws<ArgumentException>(new AzureStorageOptions { AccountName = "shop", Prefix = prefix }.Check);

    [Fact]
    public void Stores_open_without_a_network() =>
        Assert.NotNull(AzureStores.Open(new AzureStorageOptions { ConnectionString = Unreachable }, TimeProvider.System));

    private const string Unreachable =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;";
}
