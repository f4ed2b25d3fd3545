namespace Perennial.Learning.Features;

/// <summary>
/// Term frequency times inverse document frequency (Salton and Buckley 1988), each row then divided by its length. Missing text is empty.
/// </summary>
/// <param name="Column">The raw column.</param>
/// <param name="Terms">One feature a term: words with a space between them, single words first, each length in ordinal order.</param>
/// <param name="Weights">The inverse document frequency of each term.</param>
/// <param name="Spellings">Every way in which a term is written, e.g. with capital letters beyond ASCII; single words first.</param>
public sealed record TermFrequencies(
    string Column, IReadOnlyList<string> Terms, IReadOnlyList<float> Weights, IReadOnlyList<TermSpelling> Spellings) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => [.. Terms.Select(term => $"{Column}: {term}")];
}

/// <summary>A way in which a term is written.</summary>
/// <param name="Words">Its words with a space between them.</param>
/// <param name="Term">The index of the term.</param>
public sealed record TermSpelling(string Words, int Term);
