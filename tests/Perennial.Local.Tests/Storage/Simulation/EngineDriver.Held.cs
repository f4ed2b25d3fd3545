using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <content>Instances that wait for one event, and are suspended, resumed, terminated, and stopped by a build that lacks their code.</content>
internal sealed partial class EngineDriver
{
    private readonly Dictionary<string, HeldModel> _held = [];

    private void Suspend() => WithHeld("suspend", (id, held) =>
    {
        var task = _engine!.Suspend(id, "as the dice say");
        if (Try(task).Failure is not null) held.Suspended = held.Suspended == true ? true : null;
        else if (task.Result) held.Suspended = true;
        else Require(held.MayHaveEnded, $"Instance {id} was not there to be suspended.");
    });

    private void Resume() => WithHeld("resume", (id, held) =>
    {
        var task = _engine!.Resume(id, "as the dice say");
        if (Try(task).Failure is not null)
        {
            held.Suspended = held.Suspended == false ? false : null;
            return;
        }
        Require(task.Result || held.Suspended != true || held.MayHaveEnded, $"Instance {id} was not suspended any more.");
        held.Suspended = false;
    });

    private void Terminate() => WithHeld("terminate", (id, held) =>
    {
        var task = _engine!.Terminate(id, "as the dice say");
        if (Try(task).Failure is not null) held.Terminated = held.Terminated == true ? true : null;
        else if (task.Result) held.Terminated = true;
        else Require(held.MayHaveEnded, $"Instance {id} was not there to be terminated.");
    });

    private void Go() => WithHeld("let go", (id, held) =>
    {
        if (held.Gone != false) return;
        _last.Clear();
        _last.Add(id);
        held.Gone = Try(_engine!.RaiseEvent(id, "Go", 0)).Failure is null ? true : null;
    });

    private void WithHeld(string what, Action<string, HeldModel> act)
    {
        var ids = _held.Keys.Where(id => _there[id] == true).Order(StringComparer.Ordinal).ToList();
        if (ids.Count == 0) return;
        var id = Dice.Of(ids);
        Note($"{what} {id}");
        _last.Add(id);
        act(id, _held[id]);
    }

    // After the engine is idle: what was acknowledged is so, and of what was not it is settled now.
    private void CheckHeld(string id, int number, OrchestrationState state)
    {
        var held = _held[id];
        var isTerminated = state.Status == OrchestrationStatus.Terminated;
        Require(held.Terminated is null || held.Terminated == isTerminated, $"Instance {id} is {state.Status}, and was {(isTerminated ? "never" : "")} terminated.");
        held.Terminated = isTerminated;
        if (isTerminated) return;
        switch (state.Status)
        {
            case OrchestrationStatus.Completed:
                Require(held.Gone != false && held.Suspended != true, $"Instance {id} went on although nothing let it.");
                Require(state.Output!.Value.GetInt32() == 2 * number, $"Instance {id} made {state.Output}.");
                (held.Gone, held.Suspended) = (true, false);
                break;
            case OrchestrationStatus.Suspended:
                Require(held.Suspended != false, $"Instance {id} is suspended again.");
                held.Suspended = true;
                break;
            case OrchestrationStatus.Running:
                Require(held.Suspended != true, $"Instance {id} is not suspended any more.");
                Require(held.Gone != true || _lacksHeld, $"Instance {id} stands still although it was let go.");
                held.Suspended = false;
                if (!_lacksHeld) held.Gone = false;
                break;
            default:
                Require(_lacksHeld && state.Status == OrchestrationStatus.Faulted, $"Instance {id} is {state.Status}: {state.Failure?.Message}");
                break;
        }
    }

    /// <summary>What was asked for and acknowledged; null where that is open.</summary>
    private sealed class HeldModel
    {
        public bool? Suspended { get; set; } = false;

        public bool? Gone { get; set; } = false;

        public bool? Terminated { get; set; } = false;

        public bool MayHaveEnded => Terminated != false || Gone != false;
    }
}
