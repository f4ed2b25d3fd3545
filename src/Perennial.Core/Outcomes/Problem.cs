namespace Perennial.Core.Outcomes;

/// <summary>Why an expected failure happened. One place maps these to HTTP status.</summary>
public enum ProblemKind
{
    /// <summary>The input breaks a rule that the caller can read (400).</summary>
    Invalid,

    /// <summary>There is no such thing (404).</summary>
    NotFound,

    /// <summary>It is not possible in the present state, or somebody else was first (409).</summary>
    Conflict,

    /// <summary>The input is larger than a stated bound (413).</summary>
    TooLarge,

    /// <summary>The address does not take this method (405).</summary>
    WrongMethod,

    /// <summary>The body is of another media type than the address takes (415).</summary>
    WrongMediaType,

    /// <summary>The host cannot take it now; the same call may succeed later (503).</summary>
    Unavailable,

    /// <summary>The store has no room (507).</summary>
    OutOfSpace,
}

/// <summary>One fault in an input.</summary>
/// <param name="Where">File, line and column, a JSON path, or row and column: what a person can go to.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record Fault(string Where, string Message);

/// <summary>An expected failure: what is wrong, where, and what to do. Never holds secrets.</summary>
/// <param name="Kind">The kind, which decides the HTTP status.</param>
/// <param name="Code">A stable machine-readable code in kebab case, e.g. <c>dataset-unreadable</c>.</param>
/// <param name="Detail">One or two sentences for a person.</param>
/// <param name="Faults">The single faults, where there are several; at most 100.</param>
public sealed record Problem(ProblemKind Kind, string Code, string Detail, IReadOnlyList<Fault>? Faults = null)
{
    /// <summary>An invalid input.</summary>
    public static Problem Invalid(string code, string detail, IReadOnlyList<Fault>? faults = null) => new(ProblemKind.Invalid, code, detail, faults);

    /// <summary>A thing that is not there.</summary>
    public static Problem NotFound(string code, string detail) => new(ProblemKind.NotFound, code, detail);

    /// <summary>A state that does not allow it.</summary>
    public static Problem Conflict(string code, string detail) => new(ProblemKind.Conflict, code, detail);
}
