using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;
using Perennial.Learning.Reading.Scanning;

namespace Perennial.Learning.Reading;

/// <summary>
/// One worker of the CSV reader. A kernel indexes the chunk, and then column after column goes into its store; a chunk with something
/// unusual in it is read a record at a time instead.
/// </summary>
internal sealed class CsvChunkReader(ReadOptions options, CsvKernel kernel, string[] header, WorkerRows rows) : IChunkReader
{
    private readonly CsvRecordReader _records = new(options);
    private readonly CsvIndex _index = new();
    private readonly CsvRows _table = new(header.Length);

    /// <inheritdoc/>
    public ChunkOutcome Read(ByteChunk chunk)
    {
        var outcome = new ChunkOutcome { FirstRow = rows.Count };
        var plain = !chunk.Truncated && chunk.Length <= options.MaxLineBytes && kernel.TryIndex(chunk, (byte)options.Delimiter, _index);
        if (plain) ReadColumns(chunk, outcome);
        else ReadRecords(chunk, outcome);
        return outcome;
    }

    private void ReadColumns(ByteChunk chunk, ChunkOutcome outcome)
    {
        _table.Fill(chunk, _index, outcome);
        for (var column = 0; column < header.Length; column++)
        {
            if (rows.Store(column) is not { } store) continue;
            var batch = new CellBatch(chunk.Bytes, _index.Positions, _table.Starts, column, header.Length, _table.Count);
            store.Add(batch);
        }
        rows.EndRows(_table.Count);
    }

    private void ReadRecords(ByteChunk chunk, ChunkOutcome outcome)
    {
        _records.Open(chunk);
        while (_records.Read(header))
        {
            if (_records.Fault is { } fault) outcome.Bad.Add(fault);
            else if (_records.FieldCount != header.Length) outcome.Bad.Add(CsvRows.Ragged(_records.Line, _records.FieldCount, header.Length));
            else
            {
                outcome.RowLines.Add(_records.Line);
                for (var column = 0; column < header.Length; column++) rows.AddCell(column, _records.Field(column), CellKinds.Plain);
                rows.EndRows(1);
            }
        }
        outcome.Lines = _records.NextLine;
        outcome.Fault = _records.FileFault;
    }
}
