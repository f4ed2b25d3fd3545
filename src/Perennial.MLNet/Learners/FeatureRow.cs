using Microsoft.ML;
using Microsoft.ML.Data;
using Perennial.Learning;
using Perennial.Learning.Features;
using Perennial.Learning.Models;

namespace Perennial.MLNet.Learners;

/// <summary>A row as ML.NET's trainers take it. The label is one of three, as the task is.</summary>
internal sealed class FeatureRow
{
    /// <summary>The feature vector; never missing.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>How much the row counts.</summary>
    public float Weight { get; set; }

    /// <summary>Of two classes whether it is the positive one.</summary>
    public bool Truth { get; set; }

    /// <summary>Of several classes which, from 0: ML.NET adds the 1 that its keys begin with when it reads objects.</summary>
    public uint Class { get; set; }

    /// <summary>A regression's label.</summary>
    public float Value { get; set; }

    /// <summary>The rows that count, made anew on each pass: only the trainer keeps what it needs of them.</summary>
    public static IDataView View(MLContext context, FeatureMatrix features, TrainingTargets targets)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.FeatureCount);
        if (targets.Task == TaskKind.Multiclass) schema[nameof(Class)].ColumnType = new KeyDataViewType(typeof(uint), targets.Outputs);
        return context.Data.LoadFromEnumerable(Rows(features, targets), schema);
    }

    private static IEnumerable<FeatureRow> Rows(FeatureMatrix features, TrainingTargets targets)
    {
        for (var row = 0; row < targets.RowCount; row++)
        {
            if (targets.Weights[row] == 0) continue;
            var vector = new float[features.FeatureCount];
            features.CopyRow(row, vector);
            var value = targets.Values[row];
            yield return new FeatureRow
            {
                Features = vector,
                Weight = (float)targets.Weights[row],
                Truth = targets.Task == TaskKind.Binary && value == 1,
                Class = targets.Task == TaskKind.Multiclass ? (uint)value : 0,
                Value = (float)value,
            };
        }
    }
}

/// <summary>A row to be scored. It has no label, so an exported graph has none for an input.</summary>
internal sealed class UnlabelledRow
{
    /// <summary>The feature vector.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>All rows of a matrix.</summary>
    public static IDataView View(MLContext context, FeatureMatrix features)
    {
        var schema = SchemaDefinition.Create(typeof(UnlabelledRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.FeatureCount);
        return context.Data.LoadFromEnumerable(Rows(features), schema);
    }

    private static IEnumerable<UnlabelledRow> Rows(FeatureMatrix features)
    {
        for (var row = 0; row < features.RowCount; row++)
        {
            var vector = new float[features.FeatureCount];
            features.CopyRow(row, vector);
            yield return new UnlabelledRow { Features = vector };
        }
    }
}
