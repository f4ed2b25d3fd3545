using System.Text.Json;
using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>The settings of the Azure host are the same in its code, in what deploys it, in the sample for one's own machine and in the docs. Read as text: its packages cannot be had everywhere.</summary>
public sealed partial class AzureSettingsTests
{
    // The emulator's.
    private static readonly string[] NotDeployed = ["AzureStorage__ConnectionString"];

    // Those of one's own machine. Each deployment writes all settings of the app, so that any other which it does not write would be lost.
    private static readonly string[] Local = [.. NotDeployed, "AzureWebJobsStorage", "Inbox", "FUNCTIONS_WORKER_RUNTIME"];

    [Fact]
    public void Every_setting_is_in_the_table_and_the_table_has_no_other()
    {
        var known = Code().Concat(Deployed()).Concat(Sample()).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(known, Table().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_code_reads_is_deployed() =>
        Assert.Empty(Code().Except(Deployed()).Except(NotDeployed));

    [Fact]
    public void What_the_docs_say_can_be_set_is_written_by_a_deployment() =>
        Assert.Empty(Table().Except(Deployed()).Except(Local));

    [Fact]
    public void Each_parameter_can_be_chosen_but_the_tags() =>
        Assert.Equal(["tags"], BicepFile.Open("main.bicep").Parameters.Keys.Except(InfraFolder.Variables.Values));

    [Fact]
    public void Bicep_and_azd_have_the_same_defaults_and_the_inbox_that_of_the_code()
    {
        var main = InfraFolder.Text("infra", "main.bicep");
        foreach (Match given in Regex.Matches(InfraFolder.Text("infra", "main.parameters.json"), @"""(\w+)"": \{ ""value"": ""\$\{\w+=([^}]*)\}"" \}"))
            Assert.Matches($@"(?m)^param {given.Groups[1].Value} \w+ = '?{Regex.Escape(given.Groups[2].Value)}'?$", main);
        Assert.Contains($"param inboxMaxBytes string = '{Perennial.Api.Routes.DatasetRoutes.MaxUploadBytes}'", main, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_deployed_is_read_by_the_code_or_by_a_connection_or_by_the_platform()
    {
        var code = Code();
        var connections = new[] { "AzureWebJobsStorage__", "Inbox__", "APPLICATIONINSIGHTS_", "AzureFunctionsJobHost__", "OTEL_" };

        Assert.Empty(Deployed().Where(setting => !connections.Any(prefix => setting.StartsWith(prefix, StringComparison.Ordinal))).Except(code));
    }

    [Fact]
    public void The_code_reads_its_settings_in_one_place()
    {
        foreach (var file in Sources())
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("GetEnvironmentVariable", text, StringComparison.Ordinal);
            Assert.DoesNotContain("onfiguration[", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\.GetValue<[^(]+\(""", text);
            if (Path.GetFileName(file) != "FunctionsHost.cs") Assert.DoesNotContain("GetSection(", text, StringComparison.Ordinal);
        }
        Assert.Single(Regex.Matches(InfraFolder.Text("src", "Perennial.Functions", "Hosting", "FunctionsHost.cs"), @"GetSection\(StorageSection\)"));
    }

    [Fact]
    public void The_task_hub_and_the_inbox_use_connections_that_are_deployed_whole()
    {
        using var host = JsonDocument.Parse(InfraFolder.Text("host.json"));
        var hub = host.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty("storageProvider").GetProperty("connectionName").GetString();
        var deployed = Deployed();

        // The hub needs all three services: an account's name stands for them.
        foreach (var part in new[] { "accountName", "credential", "clientId" }) Assert.Contains($"{hub}__{part}", deployed);
        // The blob trigger reads blobs, and queues what it failed at.
        foreach (var part in new[] { "blobServiceUri", "queueServiceUri", "credential", "clientId" }) Assert.Contains($"{Inbox()}__{part}", deployed);
    }

    [Fact]
    public void Each_prefix_has_a_task_hub_of_its_own_whose_tables_are_not_taken_for_the_stores()
    {
        using var host = JsonDocument.Parse(InfraFolder.Text("host.json"));
        Assert.Equal("%TaskHub%", host.RootElement.GetProperty("extensions").GetProperty("durableTask").GetProperty("hubName").GetString());
        Assert.Contains("TaskHub: 'Hub${storagePrefix}'", InfraFolder.Text("infra", "modules", "app.bicep"), StringComparison.Ordinal);
        Assert.Contains("\"TaskHub\": \"Hubperennial\"", InfraFolder.Text("local.settings.sample.json"), StringComparison.Ordinal);
    }

    // The options' properties, the timers' schedules; a blob trigger's connection is a section, which the deployment spells out.
    private static List<string> Code()
    {
        var options = Options("StorageSection", "src", "Perennial.Azure", "AzureStorageOptions.cs").Concat(Options("InboxSection", "src", "Perennial.Functions", "Hosting", "InboxOptions.cs")).ToList();
        var timers = Sources().SelectMany(file => Schedule().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)).ToList();
        Assert.True(options.Count >= 5 && timers.Count >= 2, "The settings were not found in the code.");
        var host = HostSetting().Matches(InfraFolder.Text("host.json")).Select(match => match.Groups[1].Value);
        return [.. options, .. timers, .. host];
    }

    private static IEnumerable<string> Options(string section, params string[] file)
    {
        var name = Regex.Match(InfraFolder.Text("src", "Perennial.Functions", "Hosting", "FunctionsHost.cs"), $@"{section} = ""(\w+)""").Groups[1].Value;
        var options = Option().Matches(InfraFolder.Text(file)).Select(match => $"{name}__{match.Groups[1].Value}").ToList();
        Assert.NotEmpty(options);
        return options;
    }

    private static string Inbox() => Regex.Match(InfraFolder.Text("src", "Perennial.Functions", "Triggers", "InboxFunctions.cs"), @"Connection = ""(\w+)""").Groups[1].Value;

    private static HashSet<string> Deployed() =>
        [.. Setting().Matches(Regex.Match(InfraFolder.Text("infra", "modules", "app.bicep").ReplaceLineEndings("\n"), @"(?s)\nvar settings = \{(.*?)\nresource app ").Groups[1].Value).Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Sample()
    {
        using var file = JsonDocument.Parse(InfraFolder.Text("local.settings.sample.json"));
        return file.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).ToArray();
    }

    private static IEnumerable<string> Table() =>
        Regex.Match(InfraFolder.Docs.ReplaceLineEndings("\n"), @"(?s)\n## Settings\n(.*?)\n## ").Groups[1].Value.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Regex.Matches(line.Split('|')[1], @"`([^`]+)`").Select(match => match.Groups[1].Value));

    private static IEnumerable<string> Sources() =>
        new[] { "Perennial.Azure", "Perennial.Functions" }.SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(@"public \w+\?? (\w+) \{ get; init; \}")]
    private static partial Regex Option();

    [GeneratedRegex(@"TimerTrigger\(""%([\w:]+)%""\)")]
    private static partial Regex Schedule();

    [GeneratedRegex(@"""%(\w+)%""")]
    private static partial Regex HostSetting();

    [GeneratedRegex(@"^  (\w+): ", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
