using System.Runtime.InteropServices;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// Unmanaged memory of one worker's blocks. Small blocks are allocated each by itself; large ones share slabs of the size of a huge
/// page, which go back to the system with their last block. Blocks of 64-bit values go back by themselves before that: they are as large as
/// the column that is made of them.
/// </summary>
internal sealed unsafe class BlockMemory
{
    private const int SlabBytes = 1 << 21, LargeBytes = 1 << 15, WorthGivingBack = 1 << 17;
    private Slab? _slab;

    /// <summary>Memory that is not cleared; for the worker's own thread.</summary>
    public Piece Allocate(int bytes)
    {
        if (bytes < LargeBytes) return new Piece(NativeMemory.Alloc((nuint)bytes), bytes, null);
        if (_slab?.TryTake(bytes) is { } piece) return piece;
        _slab?.Return();
        _slab = new Slab();
        return _slab.TryTake(bytes)!.Value;
    }

    /// <summary>Says that no more will be allocated.</summary>
    public void Close()
    {
        _slab?.Return();
        _slab = null;
    }

    /// <summary>A block's memory.</summary>
    internal readonly struct Piece(void* start, int bytes, Slab? slab)
    {
        public void* Start => start;

        /// <summary>Gives the memory back, on any thread.</summary>
        public void Free()
        {
            if (slab is null) NativeMemory.Free(start);
            else slab.Return(start, bytes);
        }
    }

    /// <summary>A run of memory that pieces are cut from.</summary>
    internal sealed class Slab
    {
        private readonly byte* _start = (byte*)NativeMemory.AlignedAlloc(SlabBytes, SlabBytes);
        private int _used;

        // One for the worker that cuts from it, one for each piece.
        private int _holders = 1;

        public Slab() => HugePages.Advise(_start, SlabBytes);

        public Piece? TryTake(int bytes)
        {
            if (SlabBytes - _used < bytes) return null;
            var piece = new Piece(_start + _used, bytes, this);
            _used += bytes;
            Interlocked.Increment(ref _holders);
            return piece;
        }

        public void Return(void* piece, int bytes)
        {
            // Codes are a small part of their column, and faulting their pages in again would cost the next file more.
            // Before the piece lets go of the slab, which nobody can free until then.
            if (bytes >= WorthGivingBack && Volatile.Read(ref _holders) > 1) HugePages.GiveBack(piece, (nuint)bytes);
            Return();
        }

        public void Return()
        {
            if (Interlocked.Decrement(ref _holders) == 0) NativeMemory.AlignedFree(_start);
        }
    }
}
