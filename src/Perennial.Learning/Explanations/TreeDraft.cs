using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>A tree while it is read: a slot a node.</summary>
internal sealed class TreeDraft
{
    public List<int> Feature { get; } = [];

    public List<float> Threshold { get; } = [];

    public List<bool> IsLevel { get; } = [];

    public List<LevelSet?> Sets { get; } = [];

    public List<bool> MissingLeft { get; } = [];

    public List<int> Left { get; } = [];

    public List<int> Right { get; } = [];

    public List<float> Value { get; } = [];

    public List<float> Cover { get; } = [];

    /// <summary>The score that its leaves add to, once one is known.</summary>
    public int? Output { get; set; }

    /// <summary>Adds an empty slot and returns its number.</summary>
    public int Add()
    {
        Feature.Add(0);
        Threshold.Add(0);
        IsLevel.Add(false);
        Sets.Add(null);
        MissingLeft.Add(false);
        Left.Add(0);
        Right.Add(0);
        Value.Add(0);
        Cover.Add(0);
        return Feature.Count - 1;
    }

    public Tree ToTree() => new()
    {
        Output = Output ?? 0,
        Feature = [.. Feature],
        Threshold = [.. Threshold],
        IsLevel = [.. IsLevel],
        Sets = Sets.TrueForAll(set => set is null) ? [] : [.. Sets],
        MissingLeft = [.. MissingLeft],
        Left = [.. Left],
        Right = [.. Right],
        Value = [.. Value],
        Gain = new float[Feature.Count],
        Cover = [.. Cover],
    };
}
