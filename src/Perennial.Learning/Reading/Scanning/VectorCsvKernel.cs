using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Scanning;

/// <summary>
/// 64 bytes at a time as bit masks, one bit a byte (after Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB Journal
/// 2019). Quotes switch between outside and inside, so bit i of the exclusive or of all quote bits up to i says whether byte i is
/// inside. That is what the state machine of the scalar kernel does as long as every quote that opens stands at a cell's start and
/// every one that closes at its end; where one does not, the chunk is not plain, and the result is not used.
/// </summary>
internal sealed class VectorCsvKernel<TBlock> : CsvKernel
    where TBlock : struct, IVectorBlock<TBlock>
{
    /// <inheritdoc/>
    public override int LastRecordEnd(ReadOnlySpan<byte> bytes, byte delimiter)
    {
        // Whether LF follows a CR at the very end is not known, so that CR is not looked at.
        var known = bytes is [.., Cr] ? bytes[..^1] : bytes;
        if (!bytes.Contains(Quote)) return known.LastIndexOfAny(Cr, Lf) + 1;
        return TryLastUnquotedEnd(known, delimiter, out var end) ? end : new ScalarCsvKernel().LastRecordEnd(bytes, delimiter);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryLastUnquotedEnd(ReadOnlySpan<byte> bytes, byte delimiter, out int end)
    {
        var quotes = new QuoteState();
        end = 0;
        Span<byte> rest = stackalloc byte[64];
        for (var at = 0; at < bytes.Length; at += 64)
        {
            scoped var block = bytes[at..];
            if (block.Length < 64)
            {
                rest.Fill((byte)' ');
                block.CopyTo(rest);
                block = rest;
            }
            var masks = Masks.Of(ref MemoryMarshal.GetReference(block), delimiter, ref quotes);
            if (masks.LineEnds != 0) end = at + 64 - BitOperations.LeadingZeroCount(masks.LineEnds);
        }
        return quotes.Irregular == 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override ChunkContent Index(ByteChunk chunk, byte delimiter, CsvIndex index)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(chunk.Bytes);
        ref var positions = ref MemoryMarshal.GetArrayDataReference(index.Positions);
        var quotes = new QuoteState();
        int count = 0, lineEnds = 0;
        ulong beyondAscii = 0, nul = 0, quotedEnds = 0;
        for (var at = 0; at < chunk.TerminatedLength; at += 64)
        {
            var masks = Masks.Of(ref Unsafe.Add(ref first, at), delimiter, ref quotes);
            beyondAscii |= masks.NotAscii;
            nul |= masks.Nul;
            quotedEnds |= masks.QuotedLineEnds;

            // Of CRLF only LF counts.
            var ends = masks.LineEnds;
            if (masks.Cr != 0)
            {
                var beforeLf = (masks.Lf >> 1) | (Unsafe.Add(ref first, at + 64) == Lf ? 1UL << 63 : 0);
                ends &= ~(masks.Cr & beforeLf);
            }
            lineEnds += BitOperations.PopCount(ends);
            count = Append(ref positions, count, ends | masks.Delimiters, at);
        }
        (index.Count, index.LineEnds, index.QuotedLineEnds) = (count, lineEnds, quotedEnds != 0);
        if ((quotes.Irregular | nul | quotes.Inside) != 0) return ChunkContent.Irregular;
        return beyondAscii != 0 ? ChunkContent.Plain : ChunkContent.Ascii;
    }

    // Four at a time without asking whether there are four: the next block overwrites what was too many.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Append(ref int positions, int count, ulong mask, int at)
    {
        var end = count + BitOperations.PopCount(mask);
        for (var i = count; i < end; i += 4)
        {
            ref var to = ref Unsafe.Add(ref positions, i);
            to = at + BitOperations.TrailingZeroCount(mask);
            mask &= mask - 1;
            Unsafe.Add(ref to, 1) = at + BitOperations.TrailingZeroCount(mask);
            mask &= mask - 1;
            Unsafe.Add(ref to, 2) = at + BitOperations.TrailingZeroCount(mask);
            mask &= mask - 1;
            Unsafe.Add(ref to, 3) = at + BitOperations.TrailingZeroCount(mask);
            mask &= mask - 1;
        }
        return end;
    }

    /// <summary>What is carried from one block to the next.</summary>
    private struct QuoteState()
    {
        /// <summary>All ones inside quotes, else zero.</summary>
        public ulong Inside = 0;

        /// <summary>Bit 0: a cell may begin at the next block's first byte, or a closed quote may open again there.</summary>
        public ulong MayOpen = 1;

        /// <summary>Bit 0: the block's last byte closed a quote.</summary>
        public ulong Closed = 0;

        /// <summary>Not zero when a quote stood where none may.</summary>
        public ulong Irregular = 0;
    }

    private readonly record struct Masks(
        ulong Delimiters, ulong LineEnds, ulong Lf, ulong Cr, ulong QuotedLineEnds, ulong NotAscii, ulong Nul)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Masks Of(ref byte source, byte delimiter, ref QuoteState state)
        {
            var block = TBlock.Load(ref source);
            var quotes = block.Equal(Quote);
            var delimiters = block.Equal(delimiter);
            var lf = block.Equal(CsvKernel.Lf);
            var cr = block.Equal(CsvKernel.Cr);
            var ends = lf | cr;
            ulong inside = 0;
            if ((quotes | state.Inside | state.Closed) != 0) inside = Quoted(quotes, delimiters | ends, ref state);
            else state.MayOpen = (delimiters | ends) >> 63;
            return new Masks(delimiters & ~inside, ends & ~inside, lf, cr & ~inside, ends & inside, block.NotAscii(), block.Equal(0));
        }

        /// <summary>Which bytes are inside, an opening quote included and a closing one not.</summary>
        private static ulong Quoted(ulong quotes, ulong ends, ref QuoteState state)
        {
            var inside = quotes ^ (quotes << 1);
            inside ^= inside << 2;
            inside ^= inside << 4;
            inside ^= inside << 8;
            inside ^= inside << 16;
            inside ^= inside << 32;
            inside ^= state.Inside;
            var opening = quotes & inside;
            var closing = quotes & ~inside;

            // A quote opens after a delimiter or a line end, or after the one that closed: those two are one escaped quote.
            var mayOpen = ends | quotes;
            state.Irregular |= opening & ~((mayOpen << 1) | state.MayOpen);
            state.Irregular |= ((closing << 1) | state.Closed) & ~mayOpen;
            state.MayOpen = mayOpen >> 63;
            state.Closed = closing >> 63;
            state.Inside = (ulong)((long)inside >> 63);
            return inside;
        }
    }
}
