namespace Perennial.Kills.Work;

/// <summary>What a kill hits. One may hit several at once: a prediction is answered while a pipeline runs.</summary>
internal enum Phase
{
    /// <summary>Before the host has told its address; <see cref="Recovery"/> beside it when it had something unfinished to go on with.</summary>
    StartUp,

    /// <summary>While what an earlier kill left unfinished goes on.</summary>
    Recovery,

    /// <summary>Nothing was asked, and nothing ran.</summary>
    Idle,

    /// <summary>An upload or a new spec was in flight.</summary>
    Upload,

    /// <summary>A run was under way.</summary>
    Pipeline,

    /// <summary>A promotion or a rollback was in flight.</summary>
    Promotion,

    /// <summary>A prediction was in flight.</summary>
    Prediction,

    /// <summary>Labels were in flight.</summary>
    Labels,
}
