using System.Text.Json;
using System.Text.RegularExpressions;

namespace Perennial.Cli.Tests.Infra;

/// <summary>
/// The infrastructure, checked without a Bicep compiler: that the files are of the language as far as words, strings, brackets and names go,
/// that they fit each other, and that what must not be forgotten is there. Not covered: the order of an expression's parts, which <c>.ci/bicep</c> looks at, the types of values,
/// whether a resource has a property of that name in that API version, and what Azure makes of it; the deployment's workflow compiles the files
/// and asks Azure on each pull request.
/// </summary>
public sealed partial class BicepTests
{
    // https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions: those that the files use.
    private static readonly HashSet<string> Functions =
        ["allowed", "description", "empty", "environment", "guid", "items", "listKeys", "maxLength", "maxValue", "minLength", "minValue", "subscription", "subscriptionResourceId", "toLower", "union", "uniqueString"];

    public static TheoryData<string> Files => [.. InfraFolder.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_name_is_declared_and_every_declared_name_is_used(string path)
    {
        var file = BicepFile.Open(path);
        HashSet<string> declared = [.. file.Parameters.Keys, .. file.Variables, .. file.Resources.Keys, .. file.Modules.Keys, .. file.LoopVariables];

        Assert.Empty(file.References.Except(declared));
        Assert.Empty(file.Parameters.Keys.Concat(file.Variables).Except(file.References));
        Assert.Empty(file.Calls.Except(Functions));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_module_is_there_and_gets_each_parameter_that_has_no_default_and_none_that_it_lacks(string path)
    {
        var file = BicepFile.Open(path);
        var modules = file.Modules.ToDictionary(module => module.Key, module => BicepFile.Open(Path.Combine(Path.GetDirectoryName(path)!, module.Value)));
        foreach (var (name, module) in modules)
        {
            Assert.Empty(module.Parameters.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(file.Given[name]));
            Assert.Empty(file.Given[name].Except(module.Parameters.Keys));
        }
        foreach (var (name, output) in file.Reads) Assert.Contains(output, modules[name].Outputs);
    }

    [Fact]
    public void Every_file_is_deployed()
    {
        var reached = new HashSet<string> { "main.bicep", "inbox.bicep" };
        foreach (var from in new[] { "main.bicep", Path.Combine("modules", "storage.bicep") })
            foreach (var module in BicepFile.Open(from).Modules.Values)
                reached.Add(Path.Combine(Path.GetDirectoryName(from)!, module));
        Assert.Equal(reached.Order(StringComparer.Ordinal), InfraFolder.Files);
    }

    [Fact]
    public void A_type_has_a_version_and_the_same_everywhere()
    {
        var types = InfraFolder.Files.SelectMany(path => BicepFile.Open(path).Resources.Values).Distinct().ToArray();

        Assert.All(types, type => Assert.Matches(@"^Microsoft\.\w+(/\w+)+@\d{4}-\d\d-\d\d$", type));
        Assert.Equal(types.Length, types.Select(type => type.Split('@')[0]).Distinct().Count());
        foreach (var needed in new[] { "Microsoft.Web/serverfarms", "Microsoft.Web/sites", "Microsoft.Storage/storageAccounts", "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Insights/components", "Microsoft.EventGrid/systemTopics/eventSubscriptions", "Microsoft.Network/virtualNetworks", "Microsoft.Network/privateEndpoints", "Microsoft.Network/privateDnsZones" })
            Assert.Single(types, type => type.StartsWith($"{needed}@", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_resource_that_can_have_tags_has_them()
    {
        // Parts of a resource, and role assignments, have none.
        string[] without = ["Microsoft.Storage/storageAccounts/", "Microsoft.Authorization/", "Microsoft.EventGrid/systemTopics/", "Microsoft.Network/privateEndpoints/", "Microsoft.Web/sites/"];
        foreach (var path in InfraFolder.Files)
            foreach (Match resource in Resource().Matches(InfraFolder.Text("infra", path)))
                if (!without.Any(type => resource.Groups["type"].Value.StartsWith(type, StringComparison.Ordinal)) && !resource.Groups["existing"].Success)
                    Assert.Matches(@"(?m)^  tags: ", resource.Value);
    }

    [Fact]
    public void The_parameters_file_gives_what_main_takes()
    {
        using var file = JsonDocument.Parse(InfraFolder.Text("infra", "main.parameters.json"));
        var given = file.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToArray();
        var main = BicepFile.Open("main.bicep");

        Assert.Equal(given.Order(StringComparer.Ordinal), InfraFolder.Variables.Values.Order(StringComparer.Ordinal));
        Assert.Empty(given.Except(main.Parameters.Keys));
        Assert.Empty(main.Parameters.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(given));
        Assert.Superset(new HashSet<string> { "zoneRedundant", "instanceMemoryMB", "maximumInstanceCount", "privateNetwork" }, given.ToHashSet());
    }

    [Fact]
    public void Keys_are_off_and_only_identities_get_in()
    {
        var storage = InfraFolder.Text("infra", "modules", "storage.bicep");
        foreach (var line in new[] { "allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "minimumTlsVersion: 'TLS1_2'" }) Assert.Contains(line, storage, StringComparison.Ordinal);
        Assert.Contains("DisableLocalAuth: true", InfraFolder.Text("infra", "modules", "monitoring.bicep"), StringComparison.Ordinal);
        foreach (var way in new[] { "scm", "ftp" })
            Assert.Matches($@"basicPublishingCredentialsPolicies@\S+ = \{{\s+parent: app\s+name: '{way}'\s+properties: \{{\s+allow: false", InfraFolder.Text("infra", "modules", "app.bicep"));
        Assert.Contains("httpsOnly: true", InfraFolder.Text("infra", "modules", "app.bicep"), StringComparison.Ordinal);
        Assert.All(InfraFolder.Files, path => Assert.DoesNotContain("AccountKey", InfraFolder.Text("infra", path), StringComparison.Ordinal));
    }

    [Fact]
    public void The_app_may_do_with_storage_what_it_must_and_no_more()
    {
        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        Dictionary<string, string> allowed = new()
        {
            ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
            ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
            ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
            ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
            ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        };
        var given = InfraFolder.Files.SelectMany(path => Role().Matches(InfraFolder.Text("infra", path)).Select(match => match.Value)).ToArray();

        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
        Assert.All(allowed.Values, role => Assert.Contains($"*{role.Replace("Storage ", "", StringComparison.Ordinal)}*", InfraFolder.Docs.Replace("*Storage ", "*", StringComparison.Ordinal), StringComparison.Ordinal));
        // Who deploys may give these and no other.
        var delegated = Regex.Match(InfraFolder.Docs, @"roles=""([^""]+)""").Groups[1].Value.Split(", ");
        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), delegated.Order(StringComparer.Ordinal));
        // Who uploads gets the inbox alone.
        Assert.Matches(@"(?s)if \(!empty\(uploaderId\)\) \{[^}]*scope: inbox\s", InfraFolder.Text("infra", "modules", "storage.bicep"));
        Assert.Matches(@"resource inbox '\S+/containers@\S+' = \{\s+parent: blobs\s+name: 'inbox'", InfraFolder.Text("infra", "modules", "storage.bicep"));
    }

    [Fact]
    public void Telemetry_goes_to_a_collector_or_to_insights_that_are_made_for_it()
    {
        var main = InfraFolder.Text("infra", "main.bicep");
        var (insights, collector) = Regex.Match(InfraFolder.Text("infra", "modules", "app.bicep"), @"(?s)var telemetry = empty\(otlpEndpoint\) \? \{(.*?)\} : \{(.*?)\n\}\n") is { Success: true } match
            ? (match.Groups[1].Value, match.Groups[2].Value)
            : default;

        Assert.Contains("APPLICATIONINSIGHTS_CONNECTION_STRING: ", insights, StringComparison.Ordinal);
        Assert.DoesNotContain("OTEL_", insights, StringComparison.Ordinal);
        Assert.Contains("AzureFunctionsJobHost__telemetryMode: 'OpenTelemetry'", collector, StringComparison.Ordinal);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT: ", collector, StringComparison.Ordinal);
        Assert.Contains("module monitoring 'modules/monitoring.bicep' = if (empty(otlpEndpoint))", main, StringComparison.Ordinal);
        Assert.Contains("insightsConnection: empty(otlpEndpoint) ? monitoring!.outputs.connection : ''", main, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_sampled_away()
    {
        using var host = JsonDocument.Parse(InfraFolder.Text("host.json"));

        Assert.False(host.RootElement.GetProperty("logging").GetProperty("applicationInsights").GetProperty("samplingSettings").GetProperty("isEnabled").GetBoolean());
        // The mode is the deployment's to say: one package serves both.
        Assert.False(host.RootElement.TryGetProperty("telemetryMode", out _));
    }

    [Theory]
    [InlineData("param a string\nvar b = '${a}", "does not end")]
    [InlineData("param a string\nvar b = '${a'\n", "does not")]
    [InlineData("var a = 'x", "does not end")]
    [InlineData("var a = {\n", "does not close")]
    [InlineData("var a = [1)\n", "closes nothing")]
    [InlineData("var a = 1;\n", "not of the language")]
    [InlineData("let a = 1\n", "declares nothing")]
    [InlineData("param a int\nvar a = 1\nvar a = 2\n", "declared twice")]
    public void What_is_not_Bicep_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => BicepFile.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_are_found_wherever_they_stand()
    {
        var file = BicepFile.Parse("""
            param a string
            param b string = 'x' // c
            var d = [for (e, i) in [1, 2]: { f: '${g.h}-${toLower('${j}')}', k: e ? l : m }]
            resource n 'Some/type@2024-01-01' = if (o) { name: p.outputs.q }
            """);

        Assert.Equal(["e", "g", "i", "j", "l", "m", "o", "p"], file.References.Order(StringComparer.Ordinal));
        Assert.Equal(["toLower"], file.Calls);
        Assert.Equal([("p", "q")], file.Reads);
        Assert.Equal(["e", "i"], file.LoopVariables.Order(StringComparer.Ordinal));
        Assert.Equal([("a", false), ("b", true)], file.Parameters.Select(parameter => (parameter.Key, parameter.Value)));
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Role();

    [GeneratedRegex(@"^resource \w+ '(?<type>[^@]+)@[^']+'(?<existing> existing)? =.*?^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Resource();
}
