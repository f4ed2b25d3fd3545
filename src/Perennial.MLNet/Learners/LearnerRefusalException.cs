namespace Perennial.MLNet.Learners;

/// <summary>A learner cannot be fitted on these rows, or what it gave cannot be used; a candidate's reason, no fault.</summary>
internal sealed class LearnerRefusalException(string code, string message) : Exception(message)
{
    /// <summary>For programs.</summary>
    public string Code => code;
}
