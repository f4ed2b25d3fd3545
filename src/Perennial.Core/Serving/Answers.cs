using Perennial.Core.Registry;
using Perennial.Learning;

namespace Perennial.Core.Serving;

/// <summary>Scores in the words of a signature.</summary>
public static class Answers
{
    /// <summary>The answer to one row.</summary>
    public static RowPrediction Of(ModelSignature signature, string id, ReadOnlySpan<double> scores, IReadOnlyList<string>? unseen) => signature.Task switch
    {
        TaskKind.Binary => new RowPrediction(id, ClassOf(signature, scores), scores[0], Unseen: unseen),
        TaskKind.Multiclass => new RowPrediction(id, ClassOf(signature, scores), Scores: ByClass(signature, scores), Unseen: unseen),
        _ => new RowPrediction(id, Value: scores[0], Unseen: unseen),
    };

    /// <summary>The class that the scores answer: from the threshold on the positive one, else the first of the greatest.</summary>
    public static string ClassOf(ModelSignature signature, ReadOnlySpan<double> scores)
    {
        if (signature.Task == TaskKind.Binary) return signature.Classes[scores[0] >= signature.Threshold ? 1 : 0];
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
            if (scores[k] > scores[best]) best = k;
        return signature.Classes[best];
    }

    private static Dictionary<string, double> ByClass(ModelSignature signature, ReadOnlySpan<double> scores)
    {
        var byClass = new Dictionary<string, double>(scores.Length);
        for (var k = 0; k < scores.Length; k++) byClass[signature.Classes[k]] = scores[k];
        return byClass;
    }
}
