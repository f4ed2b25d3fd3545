using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Onnx;

/// <summary>Fitted models and rows drawn from a seed: every task, transform and predictor, odd names, missing and unseen values.</summary>
internal sealed class RandomModels(ulong seed)
{
    private static readonly string[] Levels = ["Climb", "Approach", "a b", "$x", "naïve", "鳥", "NaN", "None", " ", "0"];
    private static readonly string[] Unseen = ["never seen", "climb", "\t"];

    private readonly Xoshiro256 _random = new(seed);

    public static (FittedModel Model, Frame Rows) Draw(ulong seed, TaskKind task, int rows = 40)
    {
        var draw = new RandomModels(seed);
        var linear = seed % 3 == 1;
        var inputs = draw.Inputs();
        var transforms = inputs.Where(c => c.Type != ColumnType.Text).Select(c => draw.Transform(c, linear)).ToArray();
        var outputs = task == TaskKind.Multiclass ? 2 + draw._random.Next(4) : 1;
        var features = transforms.Sum(t => t.FeatureNames.Count);
        string[] classes = task switch
        {
            TaskKind.Binary => ["no", "yes"],
            TaskKind.Multiclass => [.. Enumerable.Range(0, outputs).Select(k => $"class {k}")],
            _ => [],
        };
        FittedPredictor predictor = seed % 7 == 0 ? new ConstantPredictor(draw.Floats(outputs))
            : linear ? new LinearPredictor([.. Enumerable.Range(0, outputs).Select(_ => draw.Floats(features))], draw.Floats(outputs))
            : new TreeEnsemblePredictor([.. Enumerable.Range(0, 12).Select(t => draw.Tree(t % outputs, features))], draw.Floats(outputs));
        return (new FittedModel(task, classes, inputs, transforms, predictor), draw.Rows(inputs, rows));
    }

    /// <summary>The same model with its splits on levels made splits on sets of them, the last of the codes left out.</summary>
    public static FittedModel WithSets(FittedModel model, ulong seed)
    {
        if (model.Predictor is not TreeEnsemblePredictor ensemble) return model;
        var random = new Xoshiro256(seed);
        var isCode = model.Transforms.SelectMany(t => t.FeatureNames.Select(_ => t is LevelCode)).ToArray();
        LevelSet? Set(Tree tree, int node)
        {
            if (tree.Feature[node] < 0 || !isCode[tree.Feature[node]] || !tree.IsLevel[node]) return null;
            int[] codes = [.. Enumerable.Range(0, 12).Where(_ => random.Next(2) == 0)];
            return codes.Length < 2 ? null : new LevelSet(codes, [.. codes.Select(_ => (float)random.Next(9))]);
        }
        Tree WithSets(Tree tree) => tree with { Sets = [.. Enumerable.Range(0, tree.Feature.Length).Select(node => Set(tree, node))] };
        return model with { Predictor = ensemble with { Trees = [.. ensemble.Trees.Select(WithSets)] } };
    }

    private ColumnSchema[] Inputs() =>
    [
        new("speed", ColumnType.Numeric),
        new("$ cost, \"quoted\"", ColumnType.Numeric),
        new("Phase of flight", ColumnType.Categorical),
        new("scores", ColumnType.Numeric),
        new("label", ColumnType.Categorical),
        new("perennial/0", ColumnType.Boolean),
        new("remarks", ColumnType.Text),
        new("größe\n鳥", ColumnType.Boolean),
        new("when", ColumnType.Timestamp),
        new("seen.at", ColumnType.Timestamp),
    ];

    private FittedTransform Transform(ColumnSchema column, bool linear) => column.Type switch
    {
        ColumnType.Numeric when linear => new ImputedScaled(column.Name, Float(), Float(), Float() + 3, Flip()),
        ColumnType.Numeric => new NumberAsIs(column.Name),
        ColumnType.Boolean when linear => new BooleanIndicators(column.Name),
        ColumnType.Boolean => new BooleanAsIs(column.Name),
        ColumnType.Categorical when linear => new OneHot(column.Name, Levels[..(1 + _random.Next(Levels.Length))]),
        ColumnType.Categorical => new LevelCode(column.Name, Levels[..(1 + _random.Next(Levels.Length))]),
        _ => new CalendarParts(column.Name, Enum.GetValues<CalendarPart>()[_random.Next(4)..], linear),
    };

    private Tree Tree(int output, int features)
    {
        var feature = new List<int>();
        var (left, right) = (new List<int>(), new List<int>());
        Grow(0);
        var n = feature.Count;
        return new Tree
        {
            Output = output,
            Feature = [.. feature],
            Left = [.. left],
            Right = [.. right],
            Threshold = [.. Enumerable.Range(0, n).Select(_ => Flip() ? _random.Next(12) : Float())],
            IsLevel = [.. Enumerable.Range(0, n).Select(_ => Flip())],
            MissingLeft = [.. Enumerable.Range(0, n).Select(_ => Flip())],
            Value = Floats(n),
            Gain = new float[n],
            Cover = new float[n],
        };

        int Grow(int depth)
        {
            var at = feature.Count;
            var leaf = depth == 5 || _random.Next(5) == 0;
            feature.Add(leaf ? -1 : _random.Next(features));
            left.Add(0);
            right.Add(0);
            if (leaf) return at;
            left[at] = Grow(depth + 1);
            right[at] = Grow(depth + 1);
            return at;
        }
    }

    private Frame Rows(ColumnSchema[] inputs, int rows) =>
        new([.. inputs.Reverse().Select(c => Column(c, rows)), new NumericColumn("other", new double[rows])]);

    private Column Column(ColumnSchema schema, int rows) => schema.Type switch
    {
        ColumnType.Numeric => new NumericColumn(schema.Name, [.. Many(rows, Number)]),
        ColumnType.Boolean => new BooleanColumn(schema.Name, [.. Many(rows, Truth)]),
        ColumnType.Timestamp => new TimestampColumn(schema.Name, [.. Many(rows, () => Missing() ? TimestampColumn.Missing : Instant())]),
        ColumnType.Categorical => CategoricalColumn.From(schema.Name,
            [.. Many(rows, () => Missing() ? null : Flip() ? Levels[_random.Next(Levels.Length)] : Unseen[_random.Next(Unseen.Length)])]),
        _ => new TextColumn(schema.Name, [.. Many(rows, () => "some text")]),
    };

    private double Number() => Missing() ? double.NaN : Flip() ? _random.Next(12) : _random.NextDouble() * 8 - 4;

    private sbyte Truth() => Missing() ? BooleanColumn.Missing : (sbyte)_random.Next(2);

    private long Instant() => (long)(_random.NextDouble() * DateTime.MaxValue.Ticks);

    private bool Missing() => _random.Next(5) == 0;

    private bool Flip() => _random.Next(2) == 0;

    private float Float() => (float)(_random.NextDouble() * 4 - 2);

    private float[] Floats(int count) => [.. Many(count, Float)];

    private static IEnumerable<T> Many<T>(int count, Func<T> draw) => Enumerable.Range(0, count).Select(_ => draw());
}
