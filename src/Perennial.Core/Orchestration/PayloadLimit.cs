namespace Perennial.Core.Orchestration;

/// <summary>The bound on what crosses an orchestration's boundary as JSON; larger things go by content hash. Both hosts enforce it.</summary>
public static class PayloadLimit
{
    /// <summary>16 KB of UTF-8 JSON.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The failure where a payload is too large, else null.</summary>
    /// <param name="what">Whose payload, for the message, e.g. <c>The output of activity 'Train'</c>.</param>
    /// <param name="bytes">Its size as UTF-8 JSON.</param>
    public static Failure? Check(string what, int bytes) => bytes <= MaxBytes
        ? null
        : new Failure("payload-too-large", FormattableString.Invariant($"{what} is {bytes:N0} bytes of JSON; at most {MaxBytes:N0} are kept. Store it as content and pass its hash."), Retryable: false);
}
