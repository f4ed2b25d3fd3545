using System.Text;
using Perennial.Api.Problems;
using Perennial.Cli.Client;
using Perennial.Cli.Commands;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>The key of an app on Azure: sent to that app with every request, and to nobody else, and never shown.</summary>
public sealed class KeyTests
{
    private const string Key = "Zk9-secret_of-the-app==";

    [Fact]
    public async Task Every_kind_of_request_bears_the_key()
    {
        await using var host = await KeyedHost.Start(Key);
        using var client = Client(host);

        await client.Get<string[]>("/api/models");
        await client.GetBytes("/api/models");
        await client.Post("/api/models/churn/monitor");
        await client.Post<string[]>("/api/models/churn/predict", new { rows = Array.Empty<string>() });
        await client.Download("/api/maintenance/backup", content => Task.FromResult(content.CanRead));
        await Assert.ThrowsAnyAsync<Exception>(() => client.Upload("churn", "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes("a\n1\n"))));

        Assert.Equal(Enumerable.Repeat(Key, host.Seen.Count), host.Seen);
        Assert.Equal(6, host.Seen.Count);
    }

    [Fact]
    public async Task Without_a_key_none_is_sent_and_the_refusal_says_how_to_give_one()
    {
        await using var host = await KeyedHost.Start(Key);
        using var client = new PerennialClient(host.Address);

        var problem = await Refused(client);

        Assert.Equal([""], host.Seen);
        Assert.Equal(("key-missing", 401), (problem.Code, problem.Status));
        Assert.Contains("set the environment variable PERENNIAL_KEY to what this prints: az functionapp keys list", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "does not take the key in PERENNIAL_KEY (401)")]
    [InlineData(403, "(403), or is stopped, or closed to your network.")]
    public async Task A_wrong_key_is_told_and_not_repeated(int refusal, string expected)
    {
        await using var host = await KeyedHost.Start("another", refusal: refusal);
        using var client = Client(host);

        var problem = await Refused(client);

        Assert.Equal("key-refused", problem.Code);
        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_sends_its_callers_on_passes_the_key_to_nobody()
    {
        await using var other = await KeyedHost.Start(Key);
        await using var host = await KeyedHost.Start(Key, sendsOnTo: other.Address);
        using var client = Client(host);

        var problem = await Refused(client);

        Assert.Empty(other.Seen);
        Assert.Equal("redirected", problem.Code);
        Assert.Contains($"sends its callers on to {other.Address.GetLeftPart(UriPartial.Authority)} (307)", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("state=", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://app.example")]
    [InlineData("http://10.0.0.7:5230")]
    [InlineData("http://localhost.example")]
    public void Over_plain_http_the_key_goes_nowhere_but_to_this_machine(string host)
    {
        var usage = Assert.Throws<UsageException>(() => new PerennialClient(new Uri(host), FunctionKey.Read(Key)));
        Assert.Contains("is plain http, and PERENNIAL_KEY is set", usage.Message, StringComparison.Ordinal);
        Assert.Contains("Give the address with https://, or unset PERENNIAL_KEY", usage.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, usage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example")]
    [InlineData("http://localhost:5230")]
    [InlineData("http://127.0.0.2:5230")]
    [InlineData("http://[::1]:5230")]
    public void What_nobody_else_can_read_may_bear_the_key(string host) => new PerennialClient(new Uri(host), FunctionKey.Read(Key)).Dispose();

    [Theory]
    [InlineData("two words")]
    [InlineData("first\nsecond")]
    [InlineData("schlüssel")]
    public void What_can_be_no_key_is_refused_without_being_shown(string text)
    {
        var usage = Assert.Throws<UsageException>(() => FunctionKey.Read(text));
        Assert.StartsWith("PERENNIAL_KEY holds spaces, line ends or letters that no key has.", usage.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, usage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n")]
    public void Nothing_is_no_key(string? text) => Assert.Null(FunctionKey.Read(text));

    [Fact]
    public async Task A_command_takes_the_key_from_its_environment_past_any_proxy_and_never_prints_it()
    {
        await using var proxy = await KeyedHost.Start(Key);
        await using var host = await KeyedHost.Start(Key);
        await using var another = await KeyedHost.Start("another");
        var environment = new Dictionary<string, string> { ["PERENNIAL_KEY"] = Key + "\r", ["http_proxy"] = proxy.Address.ToString(), ["no_proxy"] = "" };

        var taken = await Ran(environment, "status", "--url", host.Address.ToString());
        var refused = await Ran(environment, "status", "--url", another.Address.ToString(), "--json");
        var open = await Ran(environment, "status", "--url", "http://app.example");

        Assert.True(taken.Exit == ExitCodes.Ok, taken.Text);
        Assert.Equal([Key], host.Seen);
        Assert.Empty(proxy.Seen);
        Assert.Equal(ExitCodes.Refused, refused.Exit);
        Assert.Contains("key-refused", refused.Text, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, open.Exit);
        Assert.Contains("plain http", open.Text, StringComparison.Ordinal);
        foreach (var (_, text) in new[] { taken, refused, open }) Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
    }

    private static PerennialClient Client(KeyedHost host) => new(host.Address, FunctionKey.Read(Key));

    private static async Task<ProblemBody> Refused(PerennialClient client) =>
        (await Assert.ThrowsAsync<ApiProblemException>(() => client.Get<string[]>("/api/models"))).Problem;

    private static async Task<(int Exit, string Text)> Ran(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = PerennialProcess.StartIn(environment, arguments);
        var exit = await process.Exit();
        return (exit, process.Output + process.Errors);
    }
}
