using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Learning.Onnx.Export;

/// <summary>What must hold of a fitted model before it is written.</summary>
internal static class ExportChecks
{
    public static void Check(FittedModel model, ColumnSchema[] inputs)
    {
        if (inputs.Length == 0)
            throw new ArgumentException("The model has no input column, so its graph could not tell how many rows it is given.");
        CheckColumns(model, inputs);
        CheckOutputs(model);
        CheckPredictor(model.Predictor, model.FeatureNames.Count);
    }

    private static void CheckColumns(FittedModel model, ColumnSchema[] inputs)
    {
        var types = new Dictionary<string, ColumnType>(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            if (!types.TryAdd(input.Name, input.Type)) throw new ArgumentException($"Two input columns are named '{input.Name}'.");
            if (input.Name.Contains('\0') || !IsValidText(input.Name))
                throw new ArgumentException($"The name of column '{input.Name}' holds a NUL or half a surrogate pair; rename the column.");
        }
        foreach (var transform in model.Transforms)
        {
            var needed = TypeOf(transform);
            if (!types.TryGetValue(transform.Column, out var type) || type != needed)
                throw new ArgumentException(
                    $"The transform {transform.GetType().Name} needs an input column '{transform.Column}' of type {needed}.");
        }
    }

    private static void CheckOutputs(FittedModel model)
    {
        var (classes, outputs) = model.Task switch
        {
            TaskKind.Binary => (2, 1),
            TaskKind.Multiclass => (model.Classes.Count, Math.Max(1, model.Classes.Count)),
            _ => (0, 1),
        };
        if (model.Classes.Count != classes || model.Predictor.Outputs != outputs)
            throw new ArgumentException(
                $"A {model.Task} model with {model.Classes.Count} classes and {model.Predictor.Outputs} margins does not fit: "
                + $"expected {classes} classes and {outputs} margins.");
    }

    private static void CheckPredictor(FittedPredictor predictor, int features)
    {
        if (predictor is LinearPredictor linear
            && (linear.Weights.Count != linear.Outputs || linear.Weights.Any(w => w.Length != features)))
            throw new ArgumentException($"The linear model needs {features} weights for each of its {linear.Outputs} margins.");
        if (predictor is not TreeEnsemblePredictor ensemble) return;
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            var tree = ensemble.Trees[t];
            if (tree.Output < 0 || tree.Output >= ensemble.Outputs || tree.Feature.Length == 0 || tree.Feature.Any(f => f >= features))
                throw new ArgumentException($"Tree {t} has no node, or names a margin or feature that the model does not have.");
        }
    }

    private static ColumnType TypeOf(FittedTransform transform) => transform switch
    {
        BooleanAsIs or BooleanIndicators => ColumnType.Boolean,
        LevelCode or OneHot => ColumnType.Categorical,
        CalendarParts => ColumnType.Timestamp,
        TermFrequencies => ColumnType.Text,
        _ => ColumnType.Numeric,
    };

    private static bool IsValidText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
