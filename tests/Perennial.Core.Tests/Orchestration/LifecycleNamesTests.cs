using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;

namespace Perennial.Core.Tests.Orchestration;

public sealed class LifecycleNamesTests
{
    [Theory]
    [InlineData("birds")]
    [InlineData("bird-strike")]
    [InlineData("a-1-2")]
    [InlineData("run-model-7")]
    [InlineData("model")]
    [InlineData("x-")]
    public void Every_id_of_an_instance_tells_its_model(string model)
    {
        string[] ids =
        [
            LifecycleNames.CoordinatorId(model), LifecycleNames.MonitorId(model),
            LifecycleNames.RolloutId(model, 12), LifecycleNames.RunId(model, 3), LifecycleNames.SearchId(Run(model, attempt: 2).InstanceId), Run(model, attempt: 1).InstanceId, Run(model, attempt: 24).InstanceId,
        ];

        Assert.All(ids, id => Assert.Equal(model, LifecycleNames.ModelOf(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("birds")]
    [InlineData("run-")]
    [InlineData("model-")]
    [InlineData("run--1")]
    [InlineData("other-birds-1")]
    public void Any_other_id_stands_for_itself(string id) => Assert.Equal(id, LifecycleNames.ModelOf(id));

    private static RunRecord Run(string model, int attempt) =>
        new(LifecycleNames.RunId(model, 3), model, 3, RunStatus.Running, [], null, default, null, []) { Attempt = attempt };
}
