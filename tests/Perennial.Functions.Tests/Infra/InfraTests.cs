using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Perennial.Api.Tests.Support;
using Perennial.Azure;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Tests.Infra;

/// <summary>
/// Checks of the infrastructure's text, where no Bicep compiler can be had: that the files fit each other and the app, and that what must
/// not be forgotten is there. They do not cover Bicep's grammar beyond brackets, types, API versions, nor what Azure makes of it.
/// </summary>
public sealed partial class InfraTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "infra");

    public static TheoryData<string> Files => [.. Names];

    private static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file));

    [Theory]
    [MemberData(nameof(Files))]
    public void Brackets_and_quotes_close(string file)
    {
        var open = new Stack<char>();
        foreach (var line in File.ReadLines(Path.Combine(Folder, file)))
        {
            var code = Comment().Replace(Escaped().Replace(line, ""), "");
            Assert.True(code.Count(c => c == '\'') % 2 == 0 || code.Contains("${", StringComparison.Ordinal), $"{file}: {line}");
            foreach (var c in code)
            {
                if (c is '(' or '[' or '{') open.Push(c);
                else if (c is ')' or ']' or '}') Assert.Equal(c switch { ')' => '(', ']' => '[', _ => '{' }, open.Pop());
            }
        }
        Assert.Empty(open);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Parameters_are_used_and_every_module_gets_each_that_has_no_default_and_no_other(string file)
    {
        var text = Text(file);
        foreach (var (name, _) in Parameters(text)) Assert.True(Regex.Count(text, $@"\b{name}\b") >= 2, $"{file}: '{name}' is not used.");
        foreach (Match module in Module().Matches(text))
        {
            var path = Path.Combine(Path.GetDirectoryName(file)!, module.Groups["path"].Value);
            var given = Given().Matches(module.Groups["params"].Value).Select(match => match.Groups[1].Value).ToHashSet();
            var taken = Parameters(Text(path));
            Assert.Equal(taken.Where(parameter => !parameter.HasDefault).Select(parameter => parameter.Name).Except(given), []);
            Assert.Equal(given.Except(taken.Select(parameter => parameter.Name)), []);
        }
    }

    [Fact]
    public void Every_module_and_output_that_is_named_is_there()
    {
        var main = Text("main.bicep");
        var modules = Module().Matches(main).ToDictionary(match => match.Groups["name"].Value, match => Text(match.Groups["path"].Value));
        foreach (Match used in Output().Matches(main))
            Assert.Matches($@"\boutput {used.Groups["output"].Value} ", modules[used.Groups["module"].Value]);
        Assert.Equal(6, modules.Count + 1);
    }

    [Fact]
    public void The_parameters_file_gives_what_main_takes()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "main.parameters.json")));
        var given = file.RootElement.GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name).ToArray();
        var taken = Parameters(Text("main.bicep"));
        Assert.Empty(given.Except(taken.Select(parameter => parameter.Name)));
        Assert.Empty(taken.Where(parameter => !parameter.HasDefault).Select(parameter => parameter.Name).Except(given));
    }

    [Fact]
    public void What_azure_yaml_and_the_workflow_read_are_outputs_of_main()
    {
        var outputs = Regex.Matches(Text("main.bicep"), @"^output (\w+) ", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var file in new[] { "azure.yaml", ".github/workflows/deploy.yml" })
            foreach (Match read in Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, file)), @"\$(?:env:)?(AZURE_RESOURCE_GROUP|AZURE_FUNCTION_APP|AZURE_STORAGE_ACCOUNT|PERENNIAL_\w+)"))
                Assert.Contains(read.Groups[1].Value, outputs);
    }

    [Fact]
    public void Keys_are_off_and_only_identities_get_in()
    {
        var storage = Text("modules/storage.bicep");
        foreach (var line in new[] { "allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "minimumTlsVersion: 'TLS1_2'" }) Assert.Contains(line, storage, StringComparison.Ordinal);
        Assert.Contains("DisableLocalAuth: true", Text("modules/monitoring.bicep"), StringComparison.Ordinal);
        Assert.Contains("httpsOnly: true", Text("modules/app.bicep"), StringComparison.Ordinal);
        Assert.All(Names, name => Assert.DoesNotContain("AccountKey", Text(name), StringComparison.Ordinal));
    }

    [Fact]
    public void The_app_may_do_with_storage_what_it_must_and_no_more()
    {
        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
        string[] allowed =
        [
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88", // Storage Queue Data Contributor
            "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
            "3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
        ];
        var given = Names.SelectMany(name => Role().Matches(Text(name)).Select(match => match.Value)).ToArray();
        Assert.Equal(allowed.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_app_gets_every_setting_that_it_reads_and_none_that_nobody_reads()
    {
        var settings = Regex.Matches(Text("modules/app.bicep"), @"^  ([A-Za-z]+(?:__\w+)?|APPLICATIONINSIGHTS_\w+): ", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet();
        var options = typeof(AzureStorageOptions).GetProperties().Select(property => $"{FunctionsHost.StorageSection}__{property.Name}").ToArray();
        Assert.Empty(options.Except(settings).Except([$"{FunctionsHost.StorageSection}__{nameof(AzureStorageOptions.ConnectionString)}"]));
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

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static List<(string Name, bool HasDefault)> Parameters(string text) =>
        [.. Parameter().Matches(text).Select(match => (match.Groups[1].Value, match.Groups[2].Success))];

    [GeneratedRegex(@"^param (\w+) \w+( = )?", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^module (?<name>\w+) '(?<path>[^']+)'[^{]*\{.*?  params: \{(?<params>.*?)\n  \}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Module();

    [GeneratedRegex(@"^    (\w+):", RegexOptions.Multiline)]
    private static partial Regex Given();

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)")]
    private static partial Regex Output();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Role();

    [GeneratedRegex(@"\\'")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"^\s*//.*$")]
    private static partial Regex Comment();
}
