using System.Text;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Tests.Spec;

public sealed class SpecCombinationsTests
{
    [Theory]
    [InlineData("\"split\": { \"validation\": 0.5, \"test\": 0.5 }", "$.split.validation", "leave no row to train on")]
    [InlineData("\"split\": { \"test\": 0.85 }", "$.split.test", "leave no row to train on")]
    [InlineData("\"split\": { \"by\": \"time\" }", "$.split.by", "needs data.time")]
    [InlineData("\"split\": { \"gap\": \"7d\" }", "$.split.gap", "a gap needs a split by time")]
    [InlineData("\"train\": { \"trials\": 5, \"budget\": \"10m\" }", "$.train.budget", "leave one of the two out")]
    [InlineData("\"train\": { \"search\": \"halving\", \"budget\": \"10m\" }", "$.train.budget", "give train.trials instead")]
    [InlineData("\"split\": { \"by\": \"group\" }", "$.split.by", "needs data.group")]
    [InlineData("\"data\": { \"knownLater\": [\"a\", \"y\"] }", "$.data.knownLater[1]", "column 'y' is in label already")]
    [InlineData("\"data\": { \"time\": \"t\", \"ignore\": [\"t\"] }", "$.data.ignore[0]", "column 't' is in data.time already")]
    [InlineData("\"data\": { \"ignore\": [\"a\"], \"knownLater\": [\"a\"] }", "$.data.knownLater[0]", "in data.ignore already")]
    [InlineData("\"data\": { \"knownLater\": [\"a\"] }, \"gates\": { \"allowedLeaks\": [\"a\"] }", "$.gates.allowedLeaks[0]", "in data.knownLater already")]
    [InlineData("\"privacy\": { \"unlogged\": [\"y\"] }", "$.privacy.unlogged[0]", "in label already")]
    [InlineData("\"data\": { \"id\": \"y\" }", "$.data.id", "column 'y' is label already: a column has one role")]
    [InlineData("\"data\": { \"time\": \"t\", \"weight\": \"t\" }", "$.data.weight", "column 't' is data.time already")]
    [InlineData("\"data\": { \"time\": \"t\", \"types\": { \"t\": \"text\" } }", "$.data.types.t", "must be timestamp")]
    [InlineData("\"task\": \"regression\", \"data\": { \"types\": { \"y\": \"text\" } }", "$.data.types.y", "must be numeric")]
    [InlineData("\"data\": { \"types\": { \"y\": \"timestamp\" } }", "$.data.types.y", "cannot be a timestamp")]
    [InlineData("\"data\": { \"format\": \"jsonl\", \"delimiter\": \",\" }", "$.data.delimiter", "JSON Lines have no delimiter")]
    [InlineData("\"data\": { \"expectations\": [{ \"column\": \"a\" }] }", "$.data.expectations[0]", "nothing is expected of column 'a'")]
    [InlineData("\"data\": { \"expectations\": [{ \"column\": \"a\", \"min\": 2, \"max\": 1 }] }", "$.data.expectations[0].min", "no value can meet both")]
    [InlineData("\"train\": { \"history\": [0.5] }", "$.train.history", "1 (all training rows) must be among the shares")]
    [InlineData("\"task\": \"regression\", \"gates\": { \"floor\": { \"rocAuc\": 0.6 } }", "$.gates.floor.rocAuc", "'rocAuc' is no metric of a regression task: those are rmse, mae, mape, r2")]
    [InlineData("\"task\": \"multiclass\", \"train\": { \"metric\": \"f1\" }", "$.train.metric", "'f1' is no metric of a multiclass task")]
    [InlineData("\"task\": \"binary\", \"monitor\": { \"metric\": \"r2\" }", "$.monitor.metric", "'r2' is no metric of a binary task")]
    [InlineData("\"task\": \"regression\", \"positive\": \"yes\"", "$.positive", "only a binary task has a positive class")]
    [InlineData("\"train\": { \"metric\": \"f1\" }, \"gates\": { \"floor\": { \"rmse\": 3 } }", "$.gates.floor.rmse", "'rmse' is no metric of a binary task, which 'f1' in train.metric makes it: those are rocAuc")]
    [InlineData("\"positive\": \"yes\", \"monitor\": { \"metric\": \"mae\" }", "$.monitor.metric", "'mae' is no metric of a binary task: those are rocAuc")]
    [InlineData("\"data\": { \"types\": { \"y\": \"categorical\" } }, \"gates\": { \"floor\": { \"r2\": 0.5 } }", "$.gates.floor.r2", "'r2' is no metric of a binary or multiclass task")]
    [InlineData("\"data\": { \"types\": { \"y\": \"numeric\" } }, \"monitor\": { \"metric\": \"macroF1\" }", "$.monitor.metric", "'macroF1' is no metric of a binary or regression task")]
    [InlineData("\"train\": { \"budget\": \"60d\" }", "$.train.budget", "and at least 1s and at most 30d, not '60d'")]
    [InlineData("\"rollout\": { \"minRows\": 3000 }", "$.rollout.minRows", "is above rollout.maxRows 2000")]
    [InlineData("\"rollout\": { \"maturation\": \"1d\", \"maxDuration\": \"24h\" }", "$.rollout.maturation", "no label would come in time")]
    [InlineData("\"monitor\": { \"every\": \"31d\" }", "$.monitor.every", "is shorter than monitor.every (31d)")]
    public void An_impossible_combination_is_named_with_its_path(string json, string path, string message)
    {
        var problem = SpecReader.Read(Encoding.UTF8.GetBytes($"{{ \"model\": \"m\", \"label\": \"y\",\n{json} }}"), "perennial.json").Problem;

        var fault = Assert.Single(problem!.Faults!);
        Assert.StartsWith("perennial.json:2:", fault.Where);
        Assert.EndsWith($"({path})", fault.Where);
        Assert.Contains(message, fault.Message);
    }

    /// <summary>A message ended "did you mean 'label'?.".</summary>
    [Fact]
    public void A_message_ends_once()
    {
        var problem = SpecReader.Read("""{ "model": "m", "label": "y", "tsak": "binary" }"""u8, "perennial.json").Problem!;

        Assert.EndsWith("did you mean 'task'?", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_of_any_task_is_accepted_while_the_task_is_to_be_inferred() =>
        Assert.True(SpecReader.Read("""{ "model": "m", "label": "y", "gates": { "floor": { "rmse": 3 } } }"""u8, "perennial.json").Succeeded);
}
