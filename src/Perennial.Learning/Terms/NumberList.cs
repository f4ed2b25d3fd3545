using System.Buffers;

namespace Perennial.Learning.Terms;

/// <summary>A list of numbers in a rented buffer, for loops that shall not allocate.</summary>
internal ref struct NumberList()
{
    private int[] _buffer = ArrayPool<int>.Shared.Rent(256);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers.</summary>
    public readonly Span<int> Items => _buffer.AsSpan(0, Count);

    public void Add(int number)
    {
        if (Count == _buffer.Length)
        {
            var larger = ArrayPool<int>.Shared.Rent(2 * Count);
            Items.CopyTo(larger);
            ArrayPool<int>.Shared.Return(_buffer);
            _buffer = larger;
        }
        _buffer[Count++] = number;
    }

    public void Clear() => Count = 0;

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(_buffer);
}
