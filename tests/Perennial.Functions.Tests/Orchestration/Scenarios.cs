using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using static Perennial.Functions.Tests.Orchestration.Scenario;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>The stories.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly string TooBig = new('x', PayloadLimit.MaxBytes);

    public static readonly IReadOnlyDictionary<string, Scenario> All = new Dictionary<string, Scenario>
    {
        ["activities one after the other"] = new(static async (context, input) => $"{await context.Call(Twice, await context.Call(Twice, input))}"),
        ["a hundred side by side"] = new(static async (context, _) =>
            string.Join(' ', await Task.WhenAll(Enumerable.Range(0, 100).Select(i => context.Call(Twice, i))))),
        ["a failure that the activity understands"] = new(static async (context, _) => $"{await context.Call(Flaky, -1)}"),
        ["a failure that is caught"] = new(static async (context, _) =>
        {
            try
            {
                return $"{await context.Call(Flaky, -2)}";
            }
            catch (ActivityFailedException failed)
            {
                return $"{failed.Name} {failed.Failure.Code} {failed.Failure.Message} {failed.Failure.Retryable} {failed.Failure.Inner?.Code}";
            }
        }),
        ["a retry that helps"] = new(static async (context, _) => $"{await context.Call(Flaky, 3, Quick)}"),
        ["retries that do not help"] = new(static async (context, _) => $"{await context.Call(Flaky, 4, Quick)}"),
        ["a failure that no retry can help"] = new(static async (context, _) => $"{await context.Call(Flaky, -1, Quick)}"),
        ["an attempt that takes too long"] = new(
            static async (context, _) => $"{await context.Call(new ActivityName<int, int>("slow"), 1, new RetryPolicy(1, TimeSpan.Zero, Timeout: Short))}",
            Add: hosts => hosts.Add(new ActivityName<int, int>("slow"), async (_, _, cancellation) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(3), cancellation);
                return 1;
            })),
        ["an exception of the orchestration's own"] = new(static (_, _) => throw new FormatException("Not a number.")),
        ["a child that answers and knows its parent"] = new(
            static async (context, input) => $"{await context.CallOrchestration(Child, $"{context.InstanceId}-child", input)}",
            Add: static hosts => hosts.Add(Child, static async (context, input) => (100 * context.Version) + await context.Call(Twice, input))),
        ["a child that fails"] = new(
            static async (context, input) => $"{await context.CallOrchestration(Child, "child", input)}",
            Add: static hosts => hosts.Add(Child, static async (context, _) => await context.Call(Flaky, -1))),
        ["events in order, early, and in any case"] = new(
            static async (context, _) =>
            {
                await context.WaitForEvent<int>("go");
                var letters = "";
                for (var i = 0; i < 3; i++) letters += (await context.WaitForEvent<string>("letter")).Value;
                return letters;
            },
            static async client =>
            {
                foreach (var letter in new[] { "a", "b" }) await client.RaiseEvent("one", letter == "a" ? "Letter" : "LETTER", letter);
                await client.RaiseEvent("one", "go", 1);
                await client.RaiseEvent("one", "letter", "c");
            }),
        ["an event after its deadline waits for the next call"] = new(
            static async (context, _) =>
            {
                var missed = await context.WaitForEvent<string>("go", context.Now + Short);
                context.SetStatus("missed");
                var late = await context.WaitForEvent<string>("go", context.Now.AddMinutes(5));
                var passed = await context.WaitForEvent<string>("go", context.Now);
                return $"{missed.Arrived} {late.Value} {passed.Arrived}";
            },
            static async client =>
            {
                await Showing(client, "missed");
                await client.RaiseEvent("one", "go", "late");
            }),
        ["an event that nobody heeds any more goes into the next generation"] = new(
            static async (context, generation) =>
            {
                if (generation == 1) return (await context.WaitForEvent<string>("go")).Value!;
                await context.WaitForEvent<string>("go", context.Now + Short);
                context.SetStatus("missed");
                await context.WaitForEvent<int>("on");
                context.ContinueAsNew(1);
                return "";
            },
            static async client =>
            {
                await Showing(client, "missed");
                await client.RaiseEvent("one", "go", "kept");
                await client.RaiseEvent("one", "on", 1);
            }),
        ["generations keep events that came early"] = new(
            static async (context, sum) =>
            {
                var next = await context.WaitForEvent<int>("add");
                if (next.Value == 0) return $"{sum}";
                context.ContinueAsNew(sum + next.Value);
                return "";
            },
            static async client =>
            {
                foreach (var number in new[] { 1, 2, 3, 4, 0 }) await client.RaiseEvent("one", "add", number);
            }),
        ["two waiters of one name"] = new(
            static async (context, _) =>
            {
                var first = context.WaitForEvent<int>("go");
                try
                {
                    await context.WaitForEvent<int>("GO");
                    return "two";
                }
                catch (InvalidOperationException)
                {
                    return $"{(await first).Value}";
                }
            },
            static client => client.RaiseEvent("one", "go", 5)),
        ["a call after continue-as-new"] = new(static async (context, generation) =>
        {
            if (generation == 1) return "second";
            context.ContinueAsNew(1);
            try
            {
                await context.Call(Twice, 1);
            }
            catch (InvalidOperationException)
            {
            }
            return "";
        }),
        ["payloads above the limit"] = new(static async (context, _) =>
        {
            var faults = new List<string>();
            try
            {
                await context.Call(Echo, TooBig);
            }
            catch (ActivityFailedException failed)
            {
                faults.Add(failed.Failure.Message);
            }
            try
            {
                context.SetStatus(TooBig);
            }
            catch (ActivityFailureException failed)
            {
                faults.Add(failed.Failure.Message);
            }
            return string.Join('|', faults);
        }),
        ["an output above the limit"] = new(static (_, _) => Task.FromResult(TooBig)),
        ["a termination"] = new(
            static async (context, _) => (await context.WaitForEvent<string>("never")).Value!,
            static async client =>
            {
                await Until(client, "one", state => state.Status == OrchestrationStatus.Running);
                Assert.True(await client.Terminate("one", "not needed"));
            }),
        ["a suspension keeps events"] = new(
            static async (context, _) =>
            {
                context.SetStatus("waiting");
                return $"{(await context.WaitForEvent<int>("go")).Value + await context.Call(Twice, 5)}";
            },
            static async client =>
            {
                await Showing(client, "waiting");
                Assert.True(await client.Suspend("one", "pause"));
                await Until(client, "one", state => state.Status == OrchestrationStatus.Suspended);
                await client.RaiseEvent("one", "go", 1);
                Assert.True(await client.Resume("one", "on"));
            }),
    };
}
