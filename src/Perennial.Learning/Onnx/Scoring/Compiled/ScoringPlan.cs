using System.Collections.Concurrent;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>A feature tensor of a node that is run as such, and its place among the features.</summary>
internal readonly record struct TensorFeatures(int Slot, int Position, int Width);

/// <summary>
/// How a graph is run: columns straight into features where they can be, nodes as tensors for the other features, the core's margins from
/// the features, then the link, or nodes again. Without a core all nodes are run as tensors. Immutable; what a run writes is in a
/// <see cref="PlanWorkspace"/>.
/// </summary>
internal sealed class ScoringPlan
{
    // Not a bag: what a bag holds for a thread outlives the bag until a finalizer has run, which loading many models does not wait for.
    private readonly ConcurrentQueue<PlanWorkspace> _idle = [];

    /// <summary>The raw columns in the order of the graph's inputs.</summary>
    public required ColumnPlan[] Columns { get; init; }

    /// <summary>The nodes that are run as such: those before the core, then those behind it.</summary>
    public required CompiledGraph Graph { get; init; }

    /// <summary>How many of them are before the core.</summary>
    public required int StepsBefore { get; init; }

    /// <summary>How many scores a row the graph gives, and how many of them to leave out in front.</summary>
    public required (int Outputs, int Skip) Scores { get; init; }

    /// <summary>How many rows to run at a time.</summary>
    public required int BlockRows { get; init; }

    /// <summary>How many features a row has.</summary>
    public int Width { get; init; }

    /// <summary>The features that nodes compute.</summary>
    public TensorFeatures[] Computed { get; init; } = [];

    /// <summary>From features to margins.</summary>
    public MarginCore? Core { get; init; }

    /// <summary>The slot of the margins, for nodes behind the core.</summary>
    public int MarginSlot { get; init; }

    /// <summary>From margins to scores; null where nodes do it.</summary>
    public Link.Apply? Link { get; init; }

    /// <summary>Whether a row of features is a row of the columns as they are.</summary>
    public bool IsDirect { get; init; }

    public PlanWorkspace Rent() => _idle.TryDequeue(out var workspace) ? workspace : new PlanWorkspace(this, BlockRows);

    public void Return(PlanWorkspace workspace) => _idle.Enqueue(workspace);
}
