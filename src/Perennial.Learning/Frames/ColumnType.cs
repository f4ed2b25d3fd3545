namespace Perennial.Learning.Frames;

/// <summary>The type of a column, as the readers infer it and as a model's signature declares it.</summary>
public enum ColumnType
{
    /// <summary>Finite real numbers.</summary>
    Numeric,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of a moderate number of strings.</summary>
    Categorical,

    /// <summary>Free text, or identifiers: too many distinct values for levels.</summary>
    Text,

    /// <summary>An instant, kept in UTC.</summary>
    Timestamp,
}
