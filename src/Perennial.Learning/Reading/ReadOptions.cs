using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Scanning;

namespace Perennial.Learning.Reading;

/// <summary>How a file is read. The defaults infer everything and accept no bad row.</summary>
public sealed record ReadOptions
{
    /// <summary>
    /// Cells that mean "missing", compared exactly. Only the empty cell by default (quoted or not): tokens such as <c>NA</c> or
    /// <c>None</c> are declared, never guessed. JSON's <c>null</c> is always missing.
    /// </summary>
    public IReadOnlySet<string> MissingTokens { get; init; } = new HashSet<string>(StringComparer.Ordinal) { "" };

    /// <summary>
    /// Declared columns: nothing is inferred, the frame has exactly these columns in this order, columns that are not in it are
    /// ignored, a declared column that the file lacks is an error, and a cell that is not of its declared type makes its row bad.
    /// </summary>
    public IReadOnlyList<ColumnSchema>? Schema { get; init; }

    /// <summary>Whether a column of <see cref="Schema"/> that the file lacks is missing in every row, instead of an error.</summary>
    public bool AbsentIsMissing { get; init; }

    /// <summary>Types of single columns that replace what would be inferred; a name that the file lacks is an error.</summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    /// <summary>Bad rows up to this number are left out and reported; one more is an error.</summary>
    public int MaxBadRows { get; init; }

    /// <summary>The most bytes one record may have, its line ends inside quotes included.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;

    /// <summary>The most columns a file may have.</summary>
    public int MaxColumns { get; init; } = 10_000;

    /// <summary>A column of more distinct strings than this is text, unless declared categorical.</summary>
    public int MaxCategoricalLevels { get; init; } = 1000;

    /// <summary>What parts the cells of a CSV record: an ASCII character, usually comma, semicolon or tab.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>The file's name, for messages.</summary>
    public string Source { get; init; } = "input";

    /// <summary>A gzip file that expands to more than so many times its size is refused; the first 64 MiB are always allowed.</summary>
    public int MaxExpansion { get; init; } = 200;

    /// <summary>Small files may be nothing but repetition; up to so many bytes they are harmless.</summary>
    internal long FreeExpansion { get; init; } = 64 << 20;

    /// <summary>Bytes of a chunk, the share of work of a worker. Debug builds use very few, so that every edge of the buffer is met.</summary>
    internal int BufferBytes { get; init; } =
#if DEBUG
        23;
#else
        1 << 18;
#endif

    /// <summary>
    /// Distinct cells of a column are counted, and parsed once each, up to this many or <see cref="MaxCategoricalLevels"/>; beyond it a
    /// dictionary costs more than it saves.
    /// </summary>
    internal int DistinctCells { get; init; } = 8192;

    /// <summary>The most distinct cells that have codes while reading: codes take 16 bits, and 0 is missing.</summary>
    internal int CodedCells { get; init; } = ushort.MaxValue;

    /// <summary>After so many distinct cells it is first asked whether to go on giving codes; a power of two.</summary>
    internal int CodingTrial { get; init; } =
#if DEBUG
        4;
#else
        512;
#endif

    /// <summary>The most rows of a block of cells whose type is not known yet.</summary>
    internal int LargestBlock { get; init; } =
#if DEBUG
        8;
#else
        1 << 15;
#endif

    /// <summary>Rows that one thread turns into values at a time, once the types are known.</summary>
    internal int PartRows { get; init; } =
#if DEBUG
        16;
#else
        1 << 16;
#endif

    /// <summary>How many threads read; 0 is one a processor. What is read does not depend on it.</summary>
    internal int Threads { get; init; }

    /// <summary>What finds the cells; null is the fastest that the hardware has.</summary>
    internal CsvKernel? Kernel { get; init; }
}
