namespace Perennial.Learning.Reading.Chunks;

/// <summary>Reads the records of a chunk into one worker's rows.</summary>
internal interface IChunkReader
{
    /// <summary>Reads all of the chunk, or up to the fault that ends the file.</summary>
    ChunkOutcome Read(ByteChunk chunk);
}

/// <summary>Runs the workers: each takes the next chunk, reads it and hands in what it found.</summary>
internal static class ParallelReading
{
    public static int Workers(ReadOptions options) => options.Threads > 0 ? options.Threads : Math.Min(Environment.ProcessorCount, 16);

    /// <summary>Reads to the end or to the first fault in the file's order, which is thrown.</summary>
    /// <param name="source">The chunks.</param>
    /// <param name="first">What is there already of the first chunk; null when nothing has been taken.</param>
    /// <param name="readers">One a worker.</param>
    /// <param name="commit">Puts the outcomes in order.</param>
    public static void Run(ChunkSource source, ByteChunk? first, IReadOnlyList<IChunkReader> readers, ChunkCommit commit)
    {
        if (readers.Count == 1) Work(0);
        else
        {
            // The caller is one of the workers, so reading goes on even where the pool has no thread to spare.
            Parallel.For(0, readers.Count, new ParallelOptions { MaxDegreeOfParallelism = readers.Count }, Work);
        }
        commit.ThrowIfFailed();

        void Work(int worker)
        {
            var chunk = Interlocked.Exchange(ref first, null);
            if (chunk is not null) commit.Add(chunk.Index, worker, Read(readers[worker], chunk));
            else chunk = new ByteChunk();
            while (!commit.Stopped)
            {
                try
                {
                    if (!source.TryTake(chunk)) return;
                }
                catch (Exception exception)
                {
                    commit.Add(chunk.Index, worker, new ChunkOutcome { Exception = exception });
                    return;
                }
                commit.Add(chunk.Index, worker, Read(readers[worker], chunk));
            }
        }
    }

    private static ChunkOutcome Read(IChunkReader reader, ByteChunk chunk)
    {
        try
        {
            return reader.Read(chunk);
        }
        catch (Exception exception)
        {
            return new ChunkOutcome { Exception = exception };
        }
    }
}
