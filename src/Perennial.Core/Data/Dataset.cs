using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>What a dataset is made of; stored as JSON content, whose hash is the dataset's id.</summary>
/// <param name="Parts">Files of rows, oldest first. A retraining adds a part of labelled traffic to the parts of the dataset before it.</param>
/// <param name="Columns">The schema that every part is read with; inferred once, from the first part.</param>
/// <param name="Missing">The tokens for missing that the first part was read with, besides the empty field.</param>
/// <param name="Delimiter">The delimiter that CSV parts are read with.</param>
public sealed record DatasetManifest(
    IReadOnlyList<DatasetPart> Parts,
    IReadOnlyList<ColumnSchema> Columns,
    IReadOnlyList<string>? Missing = null,
    string Delimiter = ",");

/// <summary>A file of rows.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Format">How to read them.</param>
/// <param name="Source">The file's name as it came, for messages.</param>
/// <param name="Rows">Rows read.</param>
/// <param name="Bytes">Its length.</param>
public sealed record DatasetPart(ContentHash Content, DataFormat Format, string Source, long Rows, long Bytes);

/// <summary>A dataset as the registry lists it.</summary>
/// <param name="Id">The hash of its <see cref="DatasetManifest"/>.</param>
/// <param name="Model">The model it belongs to.</param>
/// <param name="Name">The file's name, or what the traffic part is called.</param>
/// <param name="Rows">Rows in all parts.</param>
/// <param name="Columns">The schema.</param>
/// <param name="CreatedAt">When it was first stored.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Parent">The dataset it extends.</param>
/// <param name="BadRows">Rows left out as unreadable.</param>
public sealed record Dataset(
    ContentHash Id,
    string Model,
    string Name,
    long Rows,
    IReadOnlyList<ColumnSchema> Columns,
    DateTimeOffset CreatedAt,
    DatasetOrigin Origin,
    ContentHash? Parent,
    int BadRows);

/// <summary>Where a dataset came from.</summary>
public enum DatasetOrigin
{
    /// <summary>Somebody uploaded it.</summary>
    Upload,

    /// <summary>It was put into the inbox.</summary>
    Inbox,

    /// <summary>A dataset before it plus labelled traffic.</summary>
    Traffic,
}
