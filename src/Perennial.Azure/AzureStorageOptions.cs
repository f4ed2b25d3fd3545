namespace Perennial.Azure;

/// <summary>Where the stores are and who asks for them. Identity by default; a connection string names Azurite only.</summary>
public sealed record AzureStorageOptions
{
    /// <summary>The storage account's name; needed unless <see cref="ConnectionString"/> is given.</summary>
    public string? AccountName { get; init; }

    /// <summary>The client id of the user-assigned identity; null takes what the environment offers (developer sign-in, system identity).</summary>
    public string? IdentityClientId { get; init; }

    /// <summary>The suffix of the cloud's endpoints.</summary>
    public string EndpointSuffix { get; init; } = "core.windows.net";

    /// <summary>A connection string of the storage emulator; refused for a real account, whose keys are off.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// What containers and tables begin with, so that several systems can share an account: 3 to 20 lower-case letters and digits, a letter
    /// first.
    /// </summary>
    public string Prefix { get; init; } = "perennial";

    /// <summary>How often a request that was throttled (429, 503), met a fault of the service (500, 502, 504) or lost its connection is sent again.</summary>
    public int MaxRetries { get; init; } = 6;

    /// <summary>The wait before it is sent again for the first time; the next waits double, and what the service asks for goes before.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest of the waits.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">They do not say where, or hold a key of a real account; the message says what to do.</exception>
    public void Check()
    {
        if (Prefix.Length is < 3 or > 20 || !char.IsAsciiLetterLower(Prefix[0]) || !Prefix.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new ArgumentException($"'{Prefix}' is no prefix: 3 to 20 lower-case ASCII letters and digits, a letter first.");
        if (MaxRetries < 0 || RetryDelay < TimeSpan.Zero || MaxRetryDelay < RetryDelay)
            throw new ArgumentException($"{MaxRetries} retries after {RetryDelay} to {MaxRetryDelay} are none: give numbers of at least 0, the longest wait last.");
        if (ConnectionString is null)
        {
            if (string.IsNullOrEmpty(AccountName))
                throw new ArgumentException("Name the storage account (AzureStorage__AccountName), or give Azurite's connection string (AzureStorage__ConnectionString).");
            if (AccountName.Length is < 3 or > 24 || !AccountName.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
                throw new ArgumentException($"{Shown(AccountName)} is no storage account's name: 3 to 24 lower-case ASCII letters and digits, without the endpoint.");
        }
        else if (!IsEmulator(ConnectionString))
        {
            throw new ArgumentException("A connection string is for Azurite only. For a real account give AzureStorage__AccountName and let its identity sign in.");
        }
    }

    // A whole connection string, or an address with a signature, in the wrong place holds a secret, and messages are logged.
    private static string Shown(string name) =>
        name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or ':') ? $"'{name}'" : "What is given as the account's name";

    // By where it leads to, since a real account's key could stand beside the emulator's name: Azurite has the account in the path.
    private static bool IsEmulator(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts is [var only] && only.Equals("UseDevelopmentStorage=true", StringComparison.Ordinal)) return true;
        var endpoints = parts.Select(part => part.Split('=', 2)).Where(part => part.Length == 2 && part[0].EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase)).ToArray();
        return parts.Contains("AccountName=devstoreaccount1", StringComparer.OrdinalIgnoreCase)
            && endpoints.Length > 0
            && endpoints.All(part => Uri.TryCreate(part[1], UriKind.Absolute, out var uri) && uri.AbsolutePath.TrimEnd('/') == "/devstoreaccount1");
    }
}
