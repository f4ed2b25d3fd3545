namespace Perennial.Learning.Tests.Reading;

/// <summary>A theory about resident memory: skipped, visibly, where its peak cannot be set back. It can on Linux only, and not in every container.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeasuredMemoryTheoryAttribute : TheoryAttribute
{
    public MeasuredMemoryTheoryAttribute()
    {
        if (!CanMeasure()) Skip = "The peak of resident memory cannot be measured here: /proc/self/clear_refs cannot be written.";
    }

    private static bool CanMeasure()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
