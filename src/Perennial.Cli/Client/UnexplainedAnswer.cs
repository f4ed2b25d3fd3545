using Perennial.Api.Problems;

namespace Perennial.Cli.Client;

/// <summary>What may be meant by an answer that says no and comes from what stands before Perennial: keys, gateways, sign-ins.</summary>
public static class UnexplainedAnswer
{
    /// <summary>The answer as a problem.</summary>
    /// <param name="response">The answer; it has no problem details.</param>
    /// <param name="host">Who was asked.</param>
    /// <param name="keyed">Whether a key was sent.</param>
    public static ProblemBody Of(HttpResponseMessage response, Uri host, bool keyed)
    {
        var status = (int)response.StatusCode;
        var (code, detail) = status switch
        {
            401 when keyed => ("key-refused", $"{host} does not take the key in {FunctionKey.Variable} (401). It may be another app's, one function's alone, or renewed. {HowToGetOne}"),
            401 => ("key-missing", $"{host} answers only who sends a key (401). {HowToGetOne}"),
            403 when keyed => ("key-refused", $"{host} lets nobody in with the key in {FunctionKey.Variable} (403), or is stopped, or closed to your network. {HowToGetOne}"),
            403 => ("key-missing", $"{host} lets nobody in without a key (403), or is stopped, or closed to your network. {HowToGetOne}"),
            >= 300 and < 400 => ("redirected", $"{host} sends its callers on{To(response, host)} ({status}). A key goes only to the host that it was set for: check the address, and give the other one with --url if it is yours."),
            _ => ("http-" + status, $"The host answered {status} without saying why."),
        };
        return new ProblemBody(code.StartsWith("http-", StringComparison.Ordinal) ? "about:blank" : $"urn:perennial:problem:{code}", response.ReasonPhrase ?? "", status, code, detail, null);
    }

    private static string HowToGetOne => $"For an app on Azure, set the environment variable {FunctionKey.Variable} to what this prints: {FunctionKey.Reading}";

    // Paths and queries of sign-ins hold secrets of their own.
    private static string To(HttpResponseMessage response, Uri host) =>
        response.Headers.Location is { } location ? $" to {new Uri(host, location).GetLeftPart(UriPartial.Authority)}" : "";
}
