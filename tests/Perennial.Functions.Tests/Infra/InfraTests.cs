using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Perennial.Api.Tests.Support;
using Perennial.Azure;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Tests.Infra;

/// <summary>
/// What is deployed fits the app's own attributes and options. All that can be told without the app's packages is checked in the tests of the
/// command line, which run everywhere.
/// </summary>
public sealed class InfraTests
{
    [Fact]
    public void The_app_gets_every_setting_that_it_reads_and_none_that_nobody_reads()
    {
        var settings = Regex.Matches(Text("modules/app.bicep"), @"^  ([A-Za-z]+(?:__\w+)?|APPLICATIONINSIGHTS_\w+): ", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet();
        var options = typeof(AzureStorageOptions).GetProperties().Select(property => $"{FunctionsHost.StorageSection}__{property.Name}").ToArray();
        // The emulator's.
        Assert.Equal([$"{FunctionsHost.StorageSection}__{nameof(AzureStorageOptions.ConnectionString)}"], options.Except(settings));
        foreach (var property in typeof(InboxOptions).GetProperties()) Assert.Contains($"{FunctionsHost.InboxSection}__{property.Name}", settings);
        Assert.Empty(settings.Where(name => name.StartsWith(FunctionsHost.StorageSection, StringComparison.Ordinal)).Except(options));
        foreach (var timer in Parameters<TimerTriggerAttribute>()) Assert.Contains(timer.Schedule.Trim('%').Replace(":", "__", StringComparison.Ordinal), settings);
        foreach (var blob in Parameters<BlobTriggerAttribute>()) Assert.Contains($"{blob.Connection}__blobServiceUri", settings);
    }

    [Fact]
    public void The_inbox_is_told_of_by_its_functions_name_and_its_container()
    {
        var inbox = Text("inbox.bicep");
        var (name, path) = typeof(FunctionsHost).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => (method.GetCustomAttribute<FunctionAttribute>()?.Name, parameter.GetCustomAttribute<BlobTriggerAttribute>()?.BlobPath)))
            .Single(function => function.BlobPath is not null);
        Assert.Contains($"functionName=Host.Functions.{name}&", inbox, StringComparison.Ordinal);
        Assert.Contains($"/containers/{path!.Split('/')[0]}/'", inbox, StringComparison.Ordinal);
    }

    private static IEnumerable<T> Parameters<T>()
        where T : Attribute =>
        typeof(FunctionsHost).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<T>()).OfType<T>();

    private static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, "infra", file));
}
