using System.Diagnostics.CodeAnalysis;

namespace Perennial.Core.Outcomes;

/// <summary>Either a value or the expected problem that stood in its way. Faults are exceptions, not outcomes.</summary>
public readonly struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    /// <summary>The problem; null when there is a value.</summary>
    public Problem? Problem { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a problem instead.</exception>
    public T Value => Succeeded ? _value! : throw new InvalidOperationException($"{Problem.Code}: {Problem.Detail}");

    /// <summary>A success.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>An expected failure.</summary>
    public static implicit operator Outcome<T>(Problem problem) => new(default, problem);
}
