using Perennial.Core.Ports;

namespace Perennial.Core.Orchestration;

/// <summary>A failure as data, so that it crosses an orchestration's boundary whole.</summary>
/// <param name="Code">A stable code in kebab case, or the exception's type name.</param>
/// <param name="Message">What went wrong, where, and what to do.</param>
/// <param name="Retryable">Whether the same step could succeed later.</param>
/// <param name="Inner">What lay behind it.</param>
public sealed record Failure(string Code, string Message, bool Retryable, Failure? Inner = null)
{
    /// <summary>The code of a store's damage, which no later attempt mends.</summary>
    public const string StoreDamaged = "store-damaged";

    /// <summary>
    /// The code of a refusal for want of a native library: it holds for one machine and until that is mended, so nothing that came of it may be kept for others.
    /// </summary>
    public const string NativeLibraryMissing = "native-library-missing";

    /// <summary>An exception as data. Unknown exceptions are retryable; a bad argument, a broken format or a damaged store is not.</summary>
    public static Failure From(Exception exception) => exception switch
    {
        ActivityFailureException known => known.Failure,
        ActivityFailedException failed => failed.Failure,
        StoreDamagedException damaged => new Failure(StoreDamaged, damaged.Message, Retryable: false),
        _ => new Failure(exception.GetType().Name, exception.Message, exception is not (ArgumentException or FormatException),
            exception.InnerException is { } inner ? From(inner) : null),
    };
}

/// <summary>Thrown by an activity that understands its failure.</summary>
public sealed class ActivityFailureException(Failure failure) : Exception(failure.Message)
{
    /// <summary>The failure.</summary>
    public Failure Failure => failure;
}

/// <summary>Thrown inside an orchestration when an activity or sub-orchestration has failed for good.</summary>
public sealed class ActivityFailedException(string name, Failure failure) : Exception($"{name}: {failure.Message}")
{
    /// <summary>The activity or orchestration that failed.</summary>
    public string Name => name;

    /// <summary>The failure.</summary>
    public Failure Failure => failure;
}
