using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Perennial.Api.Tests.Support;
using Perennial.Azure;
using Perennial.Functions.Hosting;
using Perennial.Functions.Orchestration;

namespace Perennial.Functions.Tests;

/// <summary>The app's functions are the lifecycle's, by name, and what they ask for can be had.</summary>
public sealed class FunctionTableTests
{
    private static readonly IEnumerable<(string Name, MethodInfo Method)> Functions =
        typeof(FunctionsHost).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()!.Name, method));

    [Fact]
    public void Each_orchestration_and_activity_of_the_lifecycle_is_a_function_and_no_other()
    {
        using var host = Built();
        var catalog = host.Services.GetRequiredService<AzureLifecycle>().Catalog;
        Assert.Equal(catalog.Orchestrations.Keys.Order(StringComparer.Ordinal), Triggered<OrchestrationTriggerAttribute>());
        Assert.Equal(catalog.Activities.Keys.Order(StringComparer.Ordinal), Triggered<ActivityTriggerAttribute>());
    }

    [Fact]
    public void Names_differ_also_without_case_and_are_such_as_Azure_takes()
    {
        var names = Functions.Select(function => function.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,127}$", name));
    }

    [Fact]
    public void Every_function_that_does_something_binds_the_durable_client() =>
        Assert.All(
            Functions.Where(function => !function.Method.IsStatic),
            function => Assert.Contains(function.Method.GetParameters(), parameter => parameter.ParameterType == typeof(DurableTaskClient) && parameter.GetCustomAttribute<DurableClientAttribute>() is not null));

    [Fact]
    public void Nothing_is_open_to_callers_without_a_key() =>
        Assert.Equal(
            ["api AuthorizationLevel.Function", "predict AuthorizationLevel.Function"],
            Functions.SelectMany(function => function.Method.GetParameters().Select(parameter => (function.Name, parameter.GetCustomAttribute<HttpTriggerAttribute>())))
                .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Name} AuthorizationLevel.{pair.Item2!.AuthLevel}").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(null, 16L * 1024 * 1024 * 1024)]
    [InlineData("1000", 1000)]
    public void The_inbox_takes_what_the_setting_beside_its_connection_says(string? setting, long expected)
    {
        string[] connection = ["--Inbox=UseDevelopmentStorage=true"];
        var builder = new ConfigurationBuilder().AddCommandLine(setting is null ? connection : [.. connection, $"--Inbox:MaxBytes={setting}"]);
        Assert.Equal(expected, FunctionsHost.InboxOf(builder.Build()).MaxBytes);
    }

    [Fact]
    public void An_inbox_that_takes_nothing_is_refused_at_the_start() =>
        Assert.Contains("Inbox__MaxBytes", Assert.Throws<ArgumentException>(() => Built("--Inbox:MaxBytes=0")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_the_functions_ask_for_can_be_had_without_a_network()
    {
        using var host = Built();
        foreach (var type in Functions.Where(function => !function.Method.IsStatic).Select(function => function.Method.DeclaringType!).Distinct())
            Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, type));
        Assert.NotNull(host.Services.GetRequiredService<DurableActivities>());
    }

    [Fact]
    public void Every_setting_that_a_trigger_names_is_in_the_sample_of_the_settings()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var settings = sample.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name.Replace("__", ":", StringComparison.Ordinal)).ToHashSet();
        foreach (var parameter in Functions.SelectMany(function => function.Method.GetParameters()))
        {
            if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer) Assert.Contains(timer.Schedule.Trim('%'), settings);
            if (parameter.GetCustomAttribute<BlobTriggerAttribute>() is { Connection: { } connection }) Assert.Contains(connection, settings);
        }
    }

    [Fact]
    public void The_sample_of_the_settings_names_the_emulator()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name.Replace("__", ":", StringComparison.Ordinal), value => (string?)value.Value.GetString());
        var options = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(FunctionsHost.StorageSection).Get<AzureStorageOptions>()!;
        options.Check();
        Assert.Equal("perennial", options.Prefix);
    }

    // The real worker, built and not run.
    private static IHost Built(params string[] more) => FunctionsHost.Build([$"--{FunctionsHost.StorageSection}:{nameof(AzureStorageOptions.AccountName)}=somewhere", .. more]);

    private static IEnumerable<string> Triggered<T>()
        where T : Attribute =>
        Functions.Where(function => function.Method.GetParameters().Any(parameter => parameter.GetCustomAttribute<T>() is not null))
            .Select(function => function.Name).Order(StringComparer.Ordinal);
}
