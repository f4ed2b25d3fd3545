using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Rollout;

namespace Perennial.Cli.Tests;

/// <summary>
/// The Azure host has a function for each orchestration and activity of the lifecycle. Its own tests say so where its packages can be had;
/// this one reads its source, so that who adds a step learns it everywhere.
/// </summary>
public sealed partial class AzureFunctionsTests
{
    [Fact]
    public void Each_orchestration_and_activity_has_a_function_of_its_name()
    {
        var catalog = PipelineActivities.AddTo(new OrchestrationCatalog(), () => throw new InvalidOperationException("Nothing runs here."))
            .AddRollout(null!)
            .AddMonitoring(null!);

        Assert.Equal(catalog.Orchestrations.Keys.Order(StringComparer.Ordinal), Functions("OrchestrationFunctions.cs"));
        Assert.Equal(catalog.Activities.Keys.Order(StringComparer.Ordinal), Functions("ActivityFunctions.cs"));
    }

    private static IEnumerable<string> Functions(string file) =>
        FunctionName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "src", "Perennial.Functions", "Triggers", file)))
            .Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\[Function\(""([^""]+)""\)\]")]
    private static partial Regex FunctionName();
}
