using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>What the check of the Azure host takes for a registry without its packages, and what for a fault. A stand-in for <c>dotnet</c> fails to restore.</summary>
public sealed class AzureCheckTests
{
    [Theory]
    [InlineData("a.csproj : error NU1101: Unable to find package Azure.Identity. No packages exist with this id in source(s): a", 77, "Missing here: the packages Azure.Identity")]
    [InlineData("a.csproj : error NU1102: Unable to find package Azure.Data.Tables with version (>= 12.11.0)", 77, "Missing here: the packages Azure.Data.Tables")]
    [InlineData("a.csproj : error NU1101: Unable to find package Azure.Identity.\na.csproj : error NU1102: Unable to find package Azure.Core.Amqp with version (>= 1.3.0)", 77, "Azure.Core.Amqp")]
    [InlineData("a.csproj : error NU1101: Unable to find package Azure.Identiti. No packages exist with this id in source(s): a", 1, "No package 'Azure.Identiti'")]
    [InlineData("a.csproj : error NU1101: Unable to find package Azure.Identity.\nb.csproj : error NU1010: Some items have no version: Other", 1, "NU1010")]
    [InlineData("a.csproj : error MSB4025: The project file could not be loaded.", 1, "MSB4025")]
    public async Task Only_packages_that_are_ours_and_that_a_registry_lacks_are_excused(string said, int expected, string told)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Of("said"), $"{said}\n");
        await File.WriteAllTextAsync(folder.Of("dotnet"), $"#!/usr/bin/env bash\ncat '{folder.Of("said")}'\nexit 1\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Of("dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var (code, output) = await InfraScript.Run(Path.Combine("..", ".ci", "azure"), [folder.Of("log")], new()
        {
            ["PATH"] = $"{folder.Path}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
            ["PERENNIAL_CI_ALL"] = "",
        });

        Assert.True(code == expected, output);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }
}
