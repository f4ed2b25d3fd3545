using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>Checks that the columns a spec names are in the file, and of a type that their role allows.</summary>
public static class DeclaredColumns
{
    private const int NamesListed = 40;

    /// <summary>Null, or one problem with a fault a column.</summary>
    public static Problem? Check(ModelSpec spec, IReadOnlyList<ColumnSchema> columns, string source)
    {
        var faults = new List<Fault>();
        foreach (var (role, name) in Named(spec))
            if (columns.All(c => c.Name != name)) faults.Add(Absent(role, name, columns, source));
        CheckType(spec.Data.Time, "data.time", ColumnType.Timestamp, columns, source, faults);
        CheckType(spec.Data.Weight, "data.weight", ColumnType.Numeric, columns, source, faults);
        if (faults.Count == 0) return null;
        return Problem.Invalid(
            "columns-missing", $"{source} does not have the columns that the spec names: {faults[0].Message}", faults.Count > 100 ? faults[..100] : faults);
    }

    /// <summary>The problem of one column that is not there.</summary>
    public static Problem Missing(string code, string role, string name, IReadOnlyList<ColumnSchema> columns, string source)
    {
        var fault = Absent(role, name, columns, source);
        return Problem.Invalid(code, $"{source}: {fault.Message}", [fault]);
    }

    private static IEnumerable<(string Role, string Name)> Named(ModelSpec spec)
    {
        var data = spec.Data;
        var single = new (string Role, string? Name)[] { ("label", spec.Label), ("data.id", data.Id), ("data.time", data.Time), ("data.weight", data.Weight), ("data.group", data.Group) };
        return single.Where(s => s.Name is not null).Select(s => (s.Role, s.Name!))
            .Concat(data.Ignore.Select(name => ("data.ignore", name)))
            .Concat(data.KnownLater.Select(name => ("data.knownLater", name)))
            .Concat(data.Types.Keys.Order(StringComparer.Ordinal).Select(name => ("data.types", name)))
            .Concat(data.Expectations.Select(e => ("data.expectations", e.Column)))
            .Concat(spec.Gates.AllowedLeaks.Select(name => ("gates.allowedLeaks", name)));
    }

    private static Fault Absent(string role, string name, IReadOnlyList<ColumnSchema> columns, string source)
    {
        var names = columns.Select(c => c.Name).ToList();
        var has = string.Join(", ", names.Take(NamesListed)) + (names.Count > NamesListed ? $" and {names.Count - NamesListed} more" : "");
        var clause = NearestName.Clause(name, names);
        return new Fault($"{source}, header", $"There is no column '{name}' ({role}){(clause.Length == 0 ? "." : clause)} The columns are: {has}.");
    }

    private static void CheckType(string? name, string role, ColumnType wanted, IReadOnlyList<ColumnSchema> columns, string source, List<Fault> faults)
    {
        if (name is null || columns.FirstOrDefault(c => c.Name == name) is not { } column || column.Type == wanted) return;
        faults.Add(new Fault($"{source}, column '{name}'",
            $"The column '{name}' ({role}) was read as {column.Type.ToString().ToLowerInvariant()}, but must be {wanted.ToString().ToLowerInvariant()}. Correct its values, or declare the type in data.types."));
    }
}
