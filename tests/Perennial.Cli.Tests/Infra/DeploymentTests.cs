using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>azure.yaml and the deployment's workflow fit the infrastructure; neither is run here.</summary>
public sealed class DeploymentTests
{
    [Fact]
    public void Azd_deploys_the_app_with_the_infrastructure_of_this_repository()
    {
        var azd = InfraFolder.Text("azure.yaml");

        Assert.Matches(@"(?m)^    project: src/Perennial\.Functions$\n    language: dotnet\n    host: function$", azd.ReplaceLineEndings("\n"));
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", "Perennial.Functions", "Perennial.Functions.csproj")));
        // azd finds the app of a service by its tag.
        var service = Regex.Match(azd.ReplaceLineEndings("\n"), @"(?m)^services:\n  (\w+):").Groups[1].Value;
        Assert.Contains($"'azd-service-name': '{service}'", InfraFolder.Text("infra", "main.bicep"), StringComparison.Ordinal);
        Assert.Contains("'azd-env-name': environmentName", InfraFolder.Text("infra", "main.bicep"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_azure_yaml_the_workflow_and_the_docs_read_is_an_output_of_main()
    {
        var known = BicepFile.Open("main.bicep").Outputs.Concat(InfraFolder.Variables.Keys).Concat(["AZURE_SUBSCRIPTION_ID"]).ToHashSet();

        foreach (var text in new[] { InfraFolder.Text("azure.yaml"), InfraFolder.Workflow, InfraFolder.Docs })
            Assert.Empty(Regex.Matches(text, @"(?:\$(?:env:)?|get-value )((?:AZURE|PERENNIAL)_\w+)").Select(match => match.Groups[1].Value).Except(known));
    }

    [Fact]
    public void A_deployment_from_the_workflow_gives_each_parameter_and_so_does_what_if()
    {
        var whatIf = Regex.Match(InfraFolder.Workflow, @"(?s)az deployment sub what-if.*?\n\n").Value;
        foreach (var (variable, parameter) in InfraFolder.Variables)
        {
            Assert.Matches($@"(?m)^  {variable}: \$\{{\{{ vars\.{variable}( \|\| '[^']+')? \}}\}}$", InfraFolder.Workflow);
            Assert.Contains($"{parameter}=\"${variable}\"", whatIf, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Defaults_of_the_workflow_are_those_of_the_parameters_file()
    {
        foreach (Match given in Regex.Matches(InfraFolder.Text("infra", "main.parameters.json"), @"\$\{(\w+)=([^}]+)\}"))
            Assert.Contains($"vars.{given.Groups[1].Value} || '{given.Groups[2].Value}' }}}}", InfraFolder.Workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void The_row_that_the_docs_predict_has_the_samples_columns_but_those_that_are_known_later_or_give_the_label_away()
    {
        var row = Regex.Match(InfraFolder.Docs, @"(?s)-d '\{ ""rows"": \[ (\{.*?\}) \] \}' \$url/api/models/bird-strike/predict").Groups[1].Value;
        var columns = File.ReadLines(Repository.Sample("strikes.csv")).First().Split(',');
        string[] without = ["damaged", "Effect Amount of damage", "Cost Other", "Cost Repair", "Cost Total $"];

        using var given = JsonDocument.Parse(row);
        Assert.Equal(columns.Except(without).Order(StringComparer.Ordinal), given.RootElement.EnumerateObject().Select(column => column.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_docs_name_what_can_be_chosen() =>
        Assert.All(InfraFolder.Variables.Keys.Where(name => name.StartsWith("PERENNIAL_", StringComparison.Ordinal)), name => Assert.Contains($"`{name}`", InfraFolder.Docs, StringComparison.Ordinal));

    [Fact]
    public void The_workflow_signs_in_without_a_secret_tries_the_app_and_can_go_back()
    {
        var workflow = InfraFolder.Workflow;

        Assert.Contains("id-token: write", workflow, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets.", workflow, StringComparison.Ordinal);
        var steps = new[] { "az bicep build", "az deployment sub what-if", "The package of the last good deployment", "azd provision", "config-zip", "infra/subscribe", "infra/smoke", "Put back the last good package", "Keep the package" };
        var places = steps.Select(step => workflow.IndexOf(step, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(2, Regex.Count(workflow, @"infra/smoke ""\$PERENNIAL_URL"""));
    }

    [Fact]
    public void The_workflow_signs_in_anew_before_it_tries_the_app_and_before_it_puts_back()
    {
        var deploy = InfraFolder.Workflow.ReplaceLineEndings("\n").Split("\n  deploy:\n")[1];
        // What stands between a sign-in and the step that needs it would use up the minutes in which its assertion is valid.
        foreach (var step in new[] { "Train and predict", "Put back the last good package" })
        {
            var before = deploy.Split($"      - name: {step}\n")[0];
            Assert.Matches(@"^ name: [^\n]+\n(        if: [^\n]+\n)?        uses: azure/login@\S+\n        with:\n          client-id: ", before[(before.LastIndexOf("      -", StringComparison.Ordinal) + 7)..]);
        }
    }

    [Fact]
    public void A_package_that_did_not_prove_itself_is_put_back_also_where_a_step_took_too_long_or_somebody_cancelled()
    {
        var deploy = InfraFolder.Workflow.ReplaceLineEndings("\n").Split("\n  deploy:\n")[1];
        const string Condition = "        if: (failure() || cancelled()) && contains(fromJSON('[\"success\", \"failure\", \"cancelled\"]'), steps.deploy.outcome) && steps.smoke.outcome != 'success'\n";

        Assert.Contains($"      - name: Sign in anew to put back\n{Condition}", deploy, StringComparison.Ordinal);
        Assert.Contains($"      - name: Put back the last good package\n{Condition}", deploy, StringComparison.Ordinal);
        // The job's own limit would end the step that puts back as well.
        int[] limits = [.. Regex.Matches(deploy, @"(?m)^ +timeout-minutes: (\d+)$").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        foreach (var step in new[] { "Provision", "Deploy", "Train and predict", "Put back the last good package" })
            Assert.Matches($@"- name: {step}\n(?:        (?:id|if): [^\n]+\n)*        timeout-minutes: \d+\n", deploy);
        Assert.True(limits[0] > limits[1..].Sum(), "The steps' limits leave no time for the others.");
    }

    [Fact]
    public void Only_a_deployment_of_this_branch_is_gone_back_to()
    {
        var step = Regex.Match(InfraFolder.Workflow.ReplaceLineEndings("\n"), @"(?s)- name: The package of the last good deployment\n.*?(?=\n      - name: )").Value;

        Assert.All(Regex.Matches(step, "gh run list.*").Select(match => match.Value), list => Assert.Contains("--event ", list, StringComparison.Ordinal));
        Assert.Equal(["push", "workflow_dispatch"], Regex.Matches(step, @"(?m)^ +list (\w+) ").Select(match => match.Groups[1].Value));
        // Neither is a package fetched nor a commit built before it is known to be this branch's; a list that fails ends the deployment.
        Assert.True(step.IndexOf("git merge-base --is-ancestor \"$commit\" HEAD || continue", StringComparison.Ordinal) is > 0 and var asked && asked < step.IndexOf("gh run download", StringComparison.Ordinal) && asked < step.IndexOf("git worktree add", StringComparison.Ordinal));
        Assert.DoesNotContain("|| true", step, StringComparison.Ordinal);
        Assert.DoesNotContain("< <(", step, StringComparison.Ordinal);
        Assert.Contains("fetch-depth: 0", InfraFolder.Workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pull_request_signs_in_as_another_identity_than_the_one_that_deploys()
    {
        var at = InfraFolder.Workflow.IndexOf("\n  deploy:", StringComparison.Ordinal);

        Assert.DoesNotContain("vars.AZURE_CLIENT_ID", InfraFolder.Workflow[..at], StringComparison.Ordinal);
        Assert.Contains("client-id: ${{ vars.AZURE_PREVIEW_CLIENT_ID }}", InfraFolder.Workflow[..at], StringComparison.Ordinal);
        Assert.DoesNotContain("AZURE_PREVIEW_CLIENT_ID", InfraFolder.Workflow[at..], StringComparison.Ordinal);
    }

    [Fact]
    public void An_app_is_started_after_a_migration_only_where_that_ended_well() =>
        Assert.Matches(@"az functionapp stop [^\n]+ &&\n    dotnet run [^\n]+ --to ""\$account"" &&\n    az functionapp start ", InfraFolder.Docs.ReplaceLineEndings("\n"));

    [Fact]
    public void The_uploader_has_a_name_that_azd_does_not_set_itself() => Assert.DoesNotContain("AZURE_PRINCIPAL_ID", InfraFolder.Variables.Keys);

    [Fact]
    public void The_scripts_that_the_workflow_and_azd_run_are_there()
    {
        var scripts = Regex.Matches(InfraFolder.Workflow + InfraFolder.Text("azure.yaml"), @"(?<=[\s;])infra/[a-z]+(?= "")").Select(match => match.Value).Distinct().ToArray();

        Assert.Equal(["infra/smoke", "infra/subscribe"], scripts.Order(StringComparer.Ordinal).Where(script => script != "infra/package"));
        Assert.Contains("infra/package .", InfraFolder.Workflow, StringComparison.Ordinal);
        Assert.All(scripts.Append("infra/package"), script => Assert.True(File.Exists(Path.Combine(Repository.Root, script)), script));
    }
}
