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

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">They do not say where, or hold a key of a real account; the message says what to do.</exception>
    public void Check()
    {
        if (Prefix.Length is < 3 or > 20 || !char.IsAsciiLetterLower(Prefix[0]) || !Prefix.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new ArgumentException($"'{Prefix}' is no prefix: 3 to 20 lower-case ASCII letters and digits, a letter first.");
        if (ConnectionString is null)
        {
            if (string.IsNullOrEmpty(AccountName))
                throw new ArgumentException("Name the storage account (AzureStorage__AccountName), or give Azurite's connection string (AzureStorage__ConnectionString).");
            if (AccountName.Length is < 3 or > 24 || !AccountName.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
                throw new ArgumentException($"'{AccountName}' is no storage account's name: 3 to 24 lower-case ASCII letters and digits, without the endpoint.");
        }
        else if (!IsEmulator(ConnectionString))
        {
            throw new ArgumentException("A connection string is for Azurite only. For a real account give AzureStorage__AccountName and let its identity sign in.");
        }
    }

    // By where it leads to, since a real account's key could stand beside the emulator's name: Azurite has the account in the path.
    private static bool IsEmulator(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts is [var only] && only.Equals("UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase)) return true;
        var endpoints = parts.Select(part => part.Split('=', 2)).Where(part => part.Length == 2 && part[0].EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase)).ToArray();
        return parts.Contains("AccountName=devstoreaccount1", StringComparer.OrdinalIgnoreCase)
            && endpoints.Length > 0
            && endpoints.All(part => Uri.TryCreate(part[1], UriKind.Absolute, out var uri) && uri.AbsolutePath.TrimEnd('/') == "/devstoreaccount1");
    }
}
