using Perennial.Functions.Tests.Support.Stages;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration.Stories;

/// <summary>What happens to the lifecycle's own orchestrations, and what is known of it afterwards.</summary>
/// <param name="Tell">Runs on the engine that it is given for a clock, and tells all that was decided.</param>
/// <param name="Says">What the tale must hold: two that are empty are alike too.</param>
internal sealed record Story(Func<Func<MovableClock, Stage>, Task<string>> Tell, params string[] Says);
