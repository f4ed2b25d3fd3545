using System.Globalization;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Tables;

namespace Perennial.Durable.Bench.Parts;

/// <summary>Entities like those of the registry: ten properties, most of them short, of about so many bytes in all.</summary>
internal static class SomeEntities
{
    public const string Table = "things";
    private const int RowsAPartition = 1000;

    public static string Partition(int number) => string.Create(CultureInfo.InvariantCulture, $"model-{number / RowsAPartition:D5}");

    public static string Row(int number) => string.Create(CultureInfo.InvariantCulture, $"run-{number:D9}");

    public static Dictionary<string, string> Properties(int number, int bytes)
    {
        var properties = new Dictionary<string, string>(10)
        {
            ["state"] = number % 3 == 0 ? "running" : "succeeded",
            ["version"] = (number % 97).ToString(CultureInfo.InvariantCulture),
            ["begun"] = "2026-01-01T00:00:00.0000000+00:00",
            ["ended"] = "2026-01-01T00:10:00.0000000+00:00",
            ["artifact"] = number.ToString("x64", CultureInfo.InvariantCulture),
            ["score"] = (number * 0.001).ToString("R", CultureInfo.InvariantCulture),
        };
        var rest = bytes - properties.Sum(property => property.Key.Length + property.Value.Length) - "details".Length;
        properties["details"] = new string((char)('a' + number % 26), Math.Max(0, rest));
        return properties;
    }

    /// <summary>Writes the entities from a number to another, in batches of a hundred with sixteen under way.</summary>
    public static async Task Load(TableJournal tables, int from, int to, int bytes)
    {
        const int batch = 100;
        await Parallel.ForEachAsync(
            Enumerable.Range(from / batch, (to - from) / batch),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, _) =>
            {
                var operations = Enumerable.Range(number * batch, batch).Select(row => TableOperation.Upsert(Row(row), Properties(row, bytes))).ToArray();
                await tables.Write(Table, Partition(number * batch), operations, CancellationToken.None);
            });
    }
}
