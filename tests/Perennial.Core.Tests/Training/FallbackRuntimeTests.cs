using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Core.Tests.Training;

public sealed class FallbackRuntimeTests
{
    [Fact]
    public void The_first_that_can_loads_a_graph_once_and_later_ones_are_not_asked()
    {
        var (first, second) = (new OneGraph("first", 1), new OneGraph("second", 1));
        Assert.Equal("first", Answer(new FallbackRuntime(first, second), 1));
        Assert.Equal((1, 0), (first.Asked, second.Asked));
    }

    [Fact]
    public void A_graph_that_the_first_refuses_goes_to_the_next_which_is_named()
    {
        var (first, second) = (new OneGraph("first", 1), new OneGraph("second", 2));
        var runtime = new FallbackRuntime(first, second);
        var (taken, predictor) = runtime.Choose(new byte[] { 2 });
        Assert.Same(second, taken);
        Assert.Equal("second", predictor.Classes[0]);
        Assert.Equal((1, 1), (first.Asked, second.Asked));
        Assert.Equal("first, second", runtime.Name);
    }

    [Fact]
    public void A_graph_that_none_takes_is_refused_with_every_reason()
    {
        var refusal = Assert.Throws<OnnxFormatException>(() => Answer(new FallbackRuntime(new OneGraph("first", 1), new OneGraph("second", 2)), 3));
        Assert.Equal("first: takes 1 only. second: takes 2 only.", refusal.Message);
    }

    [Fact]
    public void A_fault_of_a_runtime_is_no_refusal()
    {
        var second = new OneGraph("second", 0);
        Assert.Throws<InvalidOperationException>(() => Answer(new FallbackRuntime(new OneGraph("first", 1), second), 0));
        Assert.Equal(0, second.Asked);
        Assert.Throws<ArgumentException>(() => new FallbackRuntime());
    }

    [Fact]
    public void A_spec_chooses_one_of_them_and_the_others_are_not_asked()
    {
        var (managed, native) = (new OneGraph("managed", 1), new OneGraph("onnx-runtime", 1));
        var host = new FallbackRuntime(managed, native);

        Assert.Same(host, host.For(ServingRuntime.Auto));
        Assert.Equal("managed", host.For(ServingRuntime.Managed).Load(new byte[] { 1 }).Classes[0]);
        Assert.Equal((1, 0), (managed.Asked, native.Asked));
        Assert.Equal("onnx-runtime", host.For(ServingRuntime.OnnxRuntime).Load(new byte[] { 1 }).Classes[0]);
        Assert.Equal((1, 1), (managed.Asked, native.Asked));
        Assert.Throws<OnnxFormatException>(() => host.For(ServingRuntime.Managed).Load(new byte[] { 2 }));
        Assert.Equal(1, native.Asked);
    }

    [Fact]
    public void What_a_host_lacks_is_refused_by_name_and_with_what_to_do()
    {
        var missing = Assert.Throws<RuntimeMissingException>(() => new ManagedRuntime().For(ServingRuntime.OnnxRuntime));
        Assert.Equal(
            "The runtime 'onnx-runtime' is wanted, and this host has managed alone. Use a host that has it, such as the one on Azure, or set serving.runtime to 'auto' and train again.",
            missing.Message);
    }

    [Fact]
    public void A_host_offers_what_its_runtimes_are()
    {
        Assert.Equal([ServingRuntime.Auto, ServingRuntime.Managed], RuntimeChoice.Offered(new ManagedRuntime()));
        Assert.Equal(Enum.GetValues<ServingRuntime>(), RuntimeChoice.Offered(new FallbackRuntime(new ManagedRuntime(), new OneGraph("onnx-runtime", 1))));
    }

    [Fact]
    public void A_package_records_the_runtime_only_where_it_is_not_the_one_of_every_host()
    {
        Assert.Null(RuntimeChoice.Recorded(new ManagedRuntime()));
        Assert.Equal(ServingRuntime.OnnxRuntime, RuntimeChoice.Recorded(new OneGraph("onnx-runtime", 1)));
    }

    private static string Answer(FallbackRuntime runtime, byte graph) => runtime.Load(new[] { graph }).Classes[0];

    // Takes the graph of one byte; 0 makes any of them stumble.
    private sealed class OneGraph(string name, byte taken) : IModelRuntime
    {
        public string Name => name;

        public int Asked { get; private set; }

        public IPredictor Load(ReadOnlyMemory<byte> onnx)
        {
            if (onnx.Span[0] == 0) throw new InvalidOperationException("a fault");
            Asked++;
            return onnx.Span[0] == taken ? new Named(name) : throw new OnnxFormatException($"takes {taken} only.");
        }
    }

    private sealed class Named(string name) : IPredictor
    {
        public IReadOnlyList<ColumnSchema> Inputs => [];

        public IReadOnlyList<string> Classes => [name];

        public Scores Score(Frame rows) => new(1, new double[rows.RowCount]);
    }
}
