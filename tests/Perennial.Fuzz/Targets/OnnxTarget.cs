using Google.Protobuf;
using Perennial.Fuzz.Mutations;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;
using Perennial.Learning.Onnx.Protos;
using Perennial.Learning.Randomness;

namespace Perennial.Fuzz.Targets;

/// <summary>ONNX graphs: exported here, and as others write them; what loads also scores some rows.</summary>
internal sealed class OnnxTarget : IFuzzTarget
{
    /// <summary>Larger graphs cost time without holding another kind of node.</summary>
    private const int LargestWhole = 10_000;

    private const int Rows = 3;

    private static readonly ModelProto[] Wholes = [.. Resources().Where(bytes => bytes.Length < LargestWhole).Select(ModelProto.Parser.ParseFrom)];

    private static readonly string[] Texts = ["Climb", "red", "", "a b", "never seen", "0"];

    private readonly GraphMutation _mutation = new(Wholes);

    public string Name => "onnx";

    public string FirstStage => "the envelope: protobuf, operator sets, inputs; a case is past it when the graph's nodes were looked at";

    public byte[] Draw(Xoshiro256 random)
    {
        var model = _mutation.Of(Wholes[random.Next(Wholes.Length)].Clone(), random).ToByteArray();
        return random.Next(8) == 0 ? ByteMutation.Of(model, random) : model;
    }

    public Reach Read(byte[] bytes, Xoshiro256 random)
    {
        var loaded = false;
        try
        {
            var model = OnnxModel.Load(bytes);
            loaded = true;
            var scores = model.Score(new Frame([.. model.Inputs.Select(column => Column(column, random))], Rows));
            return scores.RowCount == Rows ? Reach.Whole : throw new InvalidOperationException($"{scores.RowCount} rows of scores for {Rows}.");
        }
        catch (OnnxFormatException fault)
        {
            return loaded || !IsEnvelope(fault.Message) ? Reach.Beyond : Reach.FirstStage;
        }
    }

    public long MostAllocated(int length) => (128L << 20) + 1024L * length;

    private static bool IsEnvelope(string message) =>
        message.StartsWith("The bytes ", StringComparison.Ordinal) || message.StartsWith("The model", StringComparison.Ordinal)
        || message.StartsWith("The graph has no input", StringComparison.Ordinal);

    private static Column Column(ColumnSchema schema, Xoshiro256 random) => schema.Type switch
    {
        ColumnType.Boolean => new BooleanColumn(schema.Name, [.. Many(() => (sbyte)(random.Next(3) - 1))]),
        ColumnType.Timestamp => new TimestampColumn(schema.Name, [.. Many(() =>
            random.Next(3) == 0 ? TimestampColumn.Missing : (long)(random.NextDouble() * DateTime.MaxValue.Ticks))]),
        ColumnType.Numeric => new NumericColumn(schema.Name, [.. Many(() => Number(random))]),
        _ => CategoricalColumn.From(schema.Name, [.. Many(() => random.Next(4) == 0 ? null : Texts[random.Next(Texts.Length)])]),
    };

    private static double Number(Xoshiro256 random) => random.Next(6) switch
    {
        0 => double.NaN,
        1 => random.Next(5),
        2 => new[] { 1e300, -1e300, double.PositiveInfinity, double.NegativeInfinity, long.MaxValue }[random.Next(5)],
        _ => random.NextDouble() * 4 - 2,
    };

    private static IEnumerable<T> Many<T>(Func<T> make) => Enumerable.Range(0, Rows).Select(_ => make());

    private static IEnumerable<byte[]> Resources()
    {
        var assembly = typeof(OnnxTarget).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".onnx", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var copy = new MemoryStream();
            using var stream = assembly.GetManifestResourceStream(name)!;
            stream.CopyTo(copy);
            yield return copy.ToArray();
        }
    }
}
