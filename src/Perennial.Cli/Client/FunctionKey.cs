using Perennial.Api.Security;
using Perennial.Cli.Commands;

namespace Perennial.Cli.Client;

/// <summary>
/// The key that an app on Azure asks its callers for. It comes from the environment, since arguments are seen by every process, and it
/// stands in no message: whoever has it may do everything that its function offers.
/// </summary>
public sealed class FunctionKey
{
    /// <summary>The environment variable that holds it.</summary>
    public const string Variable = "PERENNIAL_KEY";

    /// <summary>What prints it, for messages.</summary>
    public const string Reading = "az functionapp keys list -g <group> -n <app> --query functionKeys.default -o tsv";

    private const string Header = "x-functions-key";

    private readonly string _text;

    private FunctionKey(string text) => _text = text;

    /// <summary>The key that a text holds; null where there is none.</summary>
    /// <exception cref="UsageException">It cannot be a key.</exception>
    public static FunctionKey? Read(string? text)
    {
        // What a shell reads from another program may end with that system's line end.
        var trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed)) return null;
        // The library's refusal would print it.
        if (!trimmed.All(c => c is > ' ' and <= '~'))
            throw new UsageException($"{Variable} holds spaces, line ends or letters that no key has. Set it to what this prints: {Reading}");
        return new FunctionKey(trimmed);
    }

    /// <summary>What sends the key with each request to a host, and to no other.</summary>
    /// <exception cref="UsageException">On the way there anybody could read it.</exception>
    public HttpClient Client(Uri host)
    {
        var isHere = LoopbackGuard.IsLoopback(host.Host);
        if (host.Scheme != Uri.UriSchemeHttps && !isHere)
            throw new UsageException($"{host} is plain http, and {Variable} is set: anybody on the way could read the key. Give the address with https://, or unset {Variable} if that host asks for none.");
        var client = new HttpClient(new SocketsHttpHandler
        {
            // Whom a host sends its callers on to would get the key as well.
            AllowAutoRedirect = false,
            // A proxy of the environment reads what is not encrypted.
            UseProxy = !isHere,
        });
        client.DefaultRequestHeaders.Add(Header, _text);
        return client;
    }

    /// <summary>Not the key.</summary>
    public override string ToString() => "(a key)";
}
