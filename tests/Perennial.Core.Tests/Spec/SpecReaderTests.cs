using System.Text;
using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Spec;

public sealed class SpecReaderTests
{
    private const string Shortest = """{ "model": "bird-strike", "label": "damaged" }""";

    [Fact]
    public void The_shortest_spec_means_every_default()
    {
        var spec = Read(Shortest).Value;

        Assert.Equal(JsonSerializer.Serialize(new ModelSpec { Model = "bird-strike", Label = "damaged" }, CoreJson.Options),
            JsonSerializer.Serialize(spec, CoreJson.Options));
        Assert.Equal(0.15, spec.Split.Test);
        Assert.Equal(TimeSpan.FromDays(30), spec.Monitor.Window);
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_accepted()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. """
            // what the airport asks
            { "model": "m", /* inferred */ "label": "y",
              "retrain": { "afterLabels": null, "every": "2w", },
            }
            """u8];

        var spec = SpecReader.Read(bytes, "perennial.json").Value;

        Assert.Null(spec.Retrain.AfterLabels);
        Assert.Equal(TimeSpan.FromDays(14), spec.Retrain.Every);
    }

    [Fact]
    public void Every_section_arrives_in_the_record()
    {
        var spec = Read("""
            {
              "$schema": "./s.json", "model": "m", "label": "y", "task": "binary", "positive": "yes", "description": "d",
              "data": { "format": "csv", "delimiter": "\t", "id": "i", "time": "t", "weight": "w", "group": "g", "ignore": ["a"], "knownLater": ["b"],
                        "missing": ["", "?"], "types": { "zip": "categorical" }, "maxBadRows": 3,
                        "expectations": [{ "column": "c", "min": -1.5, "max": 1e3, "in": ["1"], "maxMissing": 0.1, "unique": false }] },
              "split": { "by": "group", "validation": 0.2, "test": 0.3 },
              "train": { "candidates": ["linear"], "trials": 100, "metric": "prAuc", "seed": 18446744073709551615, "history": [1, 0.1] },
              "gates": { "floor": { "rocAuc": 0.6, "brier": 0.2 }, "betterThanBaseline": false, "betterThanChampion": false, "minImprovement": 0.01,
                         "leakage": 0.9, "onLeakage": "reject", "allowedLeaks": ["c"] },
              "approval": { "required": true, "deadline": "1.5h" },
              "rollout": { "strategy": "immediate", "alpha": 0.1, "minRows": 1, "maxRows": 1, "maxDuration": "2d", "maturation": "1d", "minLabelled": 1 },
              "monitor": { "every": "1h", "window": "1h", "minRows": 7, "psi": 0.3, "alpha": 0.02, "metric": "logLoss", "maxDrop": 0, "quiet": ["q"] },
              "retrain": { "onDrift": false, "onPerformance": false, "afterLabels": 10, "every": "90d", "coolDown": "0s" },
              "privacy": { "unlogged": ["name"] }
            }
            """).Value;

        Assert.Equal(TaskKind.Binary, spec.Task);
        Assert.Equal("\t", spec.Data.Delimiter);
        Assert.Equal(ColumnType.Categorical, spec.Data.Types["zip"]);
        Assert.Equal(-1.5, spec.Data.Expectations[0].Min);
        Assert.Equal(ulong.MaxValue, spec.Train.Seed);
        Assert.Equal(LeakagePolicy.Reject, spec.Gates.OnLeakage);
        Assert.Equal(0.2, spec.Gates.Floor["brier"]);
        Assert.Equal(TimeSpan.FromMinutes(90), spec.Approval.Deadline);
        Assert.Equal(RolloutStrategy.Immediate, spec.Rollout.Strategy);
        Assert.Equal(["name"], spec.Privacy.Unlogged);
    }

    [Fact]
    public void An_unknown_key_is_named_with_its_place_and_the_nearest_key()
    {
        var fault = Assert.Single(Faults("{\n  \"model\": \"m\",\n  \"labl\": \"x\", \"label\": \"y\"\n}"));

        Assert.Equal(new Fault("perennial.json:3:3 ($)", "unknown key 'labl': did you mean 'label'?"), fault);
    }

    [Theory]
    [InlineData("\"trials\": 3", "$", "unknown key 'trials': did you mean 'train.trials'?")]
    [InlineData("\"split\": { \"label\": \"x\" }", "$.split", "unknown key 'label': did you mean the key 'label' at the top of the file?")]
    [InlineData("\"Task\": \"binary\"", "$", "unknown key 'Task': did you mean 'task'?")]
    [InlineData("\"task\": \"bynary\"", "$.task", "unknown value 'bynary': did you mean 'binary'?")]
    [InlineData("\"data\": { \"delimiter\": \"x\" }", "$.data.delimiter", "must be one of \",\", \";\", \"\\t\", \"|\", not 'x'")]
    [InlineData("\"train\": { \"trials\": \"8\" }", "$.train.trials", "must be a whole number from 1 to 200, not a string")]
    [InlineData("\"train\": { \"trials\": 201 }", "$.train.trials", "must be a whole number from 1 to 200, in plain digits, not 201")]
    [InlineData("\"train\": { \"trials\": 0 }", "$.train.trials", "must be a whole number from 1 to 200, in plain digits, not 0")]
    [InlineData("\"train\": { \"trials\": 1e1 }", "$.train.trials", "must be a whole number from 1 to 200, in plain digits, not 1e1")]
    [InlineData("\"train\": { \"seed\": -0 }", "$.train.seed", "must be a whole number from 0 to 18446744073709551615, in plain digits, not -0")]
    [InlineData("\"train\": { \"candidates\": [\"booted-trees\"] }", "$.train.candidates[0]", "unknown value 'booted-trees': did you mean 'boosted-trees'?")]
    [InlineData("\"train\": { \"candidates\": [] }", "$.train.candidates", "must be a list [...] of 1 to 16 items, not of 0")]
    [InlineData("\"train\": { \"metric\": \"auc\" }", "$.train.metric", "must be one of")]
    [InlineData("\"train\": { \"history\": [0] }", "$.train.history[0]", "0 is out of range: it must be a number above 0 and at most 1")]
    [InlineData("\"gates\": { \"floor\": { \"rocAuk\": 0.5 } }", "$.gates.floor", "unknown metric 'rocAuk': did you mean 'rocAuc'?")]
    [InlineData("\"split\": { \"test\": 1 }", "$.split.test", "1 is out of range: it must be a number above 0 and below 1")]
    [InlineData("\"split\": { \"test\": 1e999 }", "$.split.test", "1e999 is out of range: it must be a number above 0 and below 1")]
    [InlineData("\"split\": { \"test\": \"NaN\" }", "$.split.test", "must be a number above 0 and below 1, not a string")]
    [InlineData("\"split\": null", "$.split", "null is not allowed here: leave the key out to get its default")]
    [InlineData("\"data\": []", "$.data", "must be an object {...}, not a list")]
    [InlineData("\"data\": { \"ignore\": [\"a\", \"a\"] }", "$.data.ignore[1]", "\"a\" is in the list already")]
    [InlineData("\"data\": { \"ignore\": [\"\"] }", "$.data.ignore[0]", "must be a string of 1 to 512 characters, not ''")]
    [InlineData("\"data\": { \"types\": { \"Cost Other\": \"number\" } }", "$.data.types['Cost Other']", "must be one of \"numeric\"")]
    [InlineData("\"monitor\": { \"every\": \"30 days\" }", "$.monitor.every", "must be a number and one of s, m, h, d, w, such as \"30d\", and at least 1s, not '30 days'")]
    [InlineData("\"monitor\": { \"every\": \"1.d\" }", "$.monitor.every", "must be a number and one of s, m, h, d, w")]
    [InlineData("\"monitor\": { \"every\": \"0s\" }", "$.monitor.every", "must be a number and one of s, m, h, d, w")]
    [InlineData("\"approval\": { \"required\": \"yes\" }", "$.approval.required", "must be true or false, not a string")]
    [InlineData("\"label\": \"z\"", "$.label", "the key 'label' was given on line 1 already: keep one of the two")]
    [InlineData("\"positive\": \"\\ud800\"", "$.positive", "the string holds an incomplete \\u escape (half a surrogate pair)")]
    public void A_wrong_value_is_named_with_its_path(string json, string path, string message)
    {
        var fault = Assert.Single(Faults($"{{ \"model\": \"m\", \"label\": \"y\",\n{json} }}"));

        Assert.StartsWith("perennial.json:2:", fault.Where);
        Assert.EndsWith($"({path})", fault.Where);
        Assert.StartsWith(message, fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bird")]
    [InlineData("1bird")]
    [InlineData("bird_strike")]
    [InlineData("bird\\n")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789")]
    public void A_model_name_breaks_the_rule(string name)
    {
        var fault = Assert.Single(Faults($$"""{ "model": "{{name}}", "label": "y" }"""));

        Assert.StartsWith("must be a name of 1 to 48 characters, a-z, 0-9 and '-', a letter first", fault.Message);
    }

    [Fact]
    public void Several_faults_are_reported_together_in_the_order_of_the_file()
    {
        var faults = Faults("{ \"label\": 7,\n \"trian\": {},\n \"split\": { \"test\": 2 },\n oops");

        Assert.Equal(["perennial.json:1:12 ($.label)", "perennial.json:2:2 ($)", "perennial.json:3:21 ($.split.test)", "perennial.json:4:2 ($)"],
            faults.Select(fault => fault.Where));
        Assert.StartsWith("this is not JSON: 'o' is an invalid start of a property name", faults[3].Message);
    }

    [Fact]
    public void A_missing_required_key_is_named()
    {
        Assert.Equal(["the key 'model' is missing. The model's name.", "the key 'label' is missing. The column to predict."],
            Faults("{}").Select(fault => fault.Message));
    }

    [Fact]
    public void A_column_is_counted_in_characters_not_in_bytes()
    {
        Assert.Equal("perennial.json:1:35 ($)", Assert.Single(Faults("""{ "model": "m", "label": "Größe", "x": 1 }""")).Where);
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_named_by_place()
    {
        byte[] bytes = [.. "{ \"model\": \"m\",\n \"label\": \""u8, 0xE9, .. "\" }"u8];

        var problem = SpecReader.Read(bytes, "perennial.json").Problem!;

        Assert.Equal("perennial.json:2:12 ($)", Assert.Single(problem.Faults!).Where);
        Assert.Contains("not UTF-8", problem.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("null")]
    [InlineData("{ \"model\": \"m\", \"label\": \"y\" ")]
    public void What_is_no_object_is_refused(string text) => Assert.NotEmpty(Faults(text));

    [Fact]
    public void A_file_of_more_than_256_kib_is_too_large()
    {
        var text = Shortest + new string(' ', SpecReader.MaxBytes - Shortest.Length);

        Assert.True(Read(text).Succeeded);
        Assert.Equal(ProblemKind.TooLarge, Read(text + " ").Problem!.Kind);
    }

    [Fact]
    public void Trainers_of_the_host_are_candidates()
    {
        var text = """{ "model": "m", "label": "y", "train": { "candidates": ["fast-forest"] } }"""u8;

        Assert.False(SpecReader.Read(text, "perennial.json").Succeeded);
        Assert.Equal(["fast-forest"], SpecReader.Read(text, "perennial.json", new HostOffer(["linear", "fast-forest"], [ServingRuntime.Auto])).Value.Train.Candidates);
    }

    [Fact]
    public void A_flood_of_faults_is_cut_at_one_hundred()
    {
        var keys = string.Join(",", Enumerable.Range(0, 500).Select(i => $"\"zz{i}\": 1"));

        Assert.Equal(100, Faults($"{{ {keys} }}").Count);
    }

    private static Outcome<ModelSpec> Read(string text) => SpecReader.Read(Encoding.UTF8.GetBytes(text), "perennial.json");

    private static IReadOnlyList<Fault> Faults(string text)
    {
        var problem = Read(text).Problem;
        Assert.NotNull(problem);
        Assert.Equal("spec-invalid", problem.Code);
        return problem.Faults!;
    }
}
