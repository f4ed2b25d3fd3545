namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>
/// A file's content twice: as programs see it, and as the platters have it. Between them are the changes that no sync has made
/// durable; when the power fails, each of them is kept, lost or torn by itself.
/// </summary>
internal sealed class CrashingFile
{
    private const int Truncation = -1;
    private readonly List<(int Offset, int Length, int Start)> _pending = [];
    private byte[] _live = [];
    private byte[] _durable = [];
    private byte[] _written = [];
    private int _durableLength;
    private int _used;

    /// <summary>Where it was made, for trails.</summary>
    public required string Name { get; set; }

    /// <summary>Bytes, as programs see it.</summary>
    public int Length { get; private set; }

    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= Length) return 0;
        var length = Math.Min(Length - (int)offset, buffer.Length);
        _live.AsSpan((int)offset, length).CopyTo(buffer);
        return length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        var end = (int)offset + bytes.Length;
        Grow(ref _live, end);
        bytes.CopyTo(_live.AsSpan((int)offset));
        Length = Math.Max(Length, end);
        Grow(ref _written, _used + bytes.Length);
        bytes.CopyTo(_written.AsSpan(_used));
        _pending.Add(((int)offset, bytes.Length, _used));
        _used += bytes.Length;
    }

    public void SetLength(int length)
    {
        Grow(ref _live, length);
        if (length < Length) _live.AsSpan(length, Length - length).Clear();
        Length = length;
        _pending.Add((length, Truncation, 0));
    }

    /// <summary>Everything becomes durable.</summary>
    public void Sync()
    {
        foreach (var change in _pending) Keep(change);
        Forget();
    }

    /// <summary>
    /// A sync that fails: programs go on seeing what they wrote, and the system takes it for clean, so that no later sync writes it. What of
    /// it has reached the platters is open. Lengths that were set are the file system's own and are kept.
    /// </summary>
    public void FailSync(Dice dice, int sector)
    {
        foreach (var change in _pending)
        {
            if (change.Length == Truncation) Keep(change);
            else Chance(change, dice, sector);
        }
        Forget();
    }

    /// <summary>Programs see from now on what the power's failure left.</summary>
    public void LosePower(Dice dice, int sector)
    {
        foreach (var change in _pending) Chance(change, dice, sector);
        Forget();
        if (_live.Length < _durableLength) _live = new byte[_durable.Length];
        _durable.AsSpan(0, _durableLength).CopyTo(_live);
        _live.AsSpan(_durableLength).Clear();
        Length = _durableLength;
    }

    /// <summary>Flips a bit, on the platters and in memory. Only of a file that has bytes and no pending change.</summary>
    public bool Flip(Dice dice)
    {
        if (_pending.Count > 0 || Length == 0 || Length != _durableLength) return false;
        var at = dice.Next(Length);
        var bit = (byte)(1 << dice.Next(8));
        _durable[at] ^= bit;
        _live[at] ^= bit;
        return true;
    }

    private void Chance((int Offset, int Length, int Start) change, Dice dice, int sector)
    {
        switch (dice.Next(4))
        {
            case 0:
                break;
            case 1:
                Keep(change);
                break;
            default:
                if (change.Length != Truncation) Tear(change, dice, sector);
                else if (dice.Coin()) Keep(change);
                break;
        }
    }

    private void Keep((int Offset, int Length, int Start) change)
    {
        if (change.Length != Truncation)
        {
            Put(change.Offset, _written.AsSpan(change.Start, change.Length));
            return;
        }
        Grow(ref _durable, change.Offset);
        if (change.Offset < _durableLength) _durable.AsSpan(change.Offset, _durableLength - change.Offset).Clear();
        _durableLength = change.Offset;
    }

    // A prefix, or some of the sectors; where the file has become longer without its bytes, there are zeros or anything.
    private void Tear((int Offset, int Length, int Start) change, Dice dice, int sector)
    {
        var (offset, length, start) = change;
        var former = _durableLength;
        var prefix = dice.Coin() ? dice.Next(length) : -1;
        if (dice.Coin())
        {
            Grow(ref _durable, offset + length);
            _durableLength = Math.Max(_durableLength, offset + length);
            if (former < offset + length && dice.OneIn(4)) Fill(dice, Math.Max(former, offset), offset + length);
        }
        if (prefix >= 0)
        {
            Put(offset, _written.AsSpan(start, prefix));
            return;
        }
        for (var at = offset; at < offset + length;)
        {
            var next = Math.Min(offset + length, (at / sector + 1) * sector);
            if (dice.Coin()) Put(at, _written.AsSpan(start + at - offset, next - at));
            at = next;
        }
    }

    private void Fill(Dice dice, int from, int to)
    {
        for (var at = from; at < to; at++) _durable[at] = (byte)dice.Next(256);
    }

    private void Put(int offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Grow(ref _durable, offset + bytes.Length);
        bytes.CopyTo(_durable.AsSpan(offset));
        _durableLength = Math.Max(_durableLength, offset + bytes.Length);
    }

    private void Forget()
    {
        _pending.Clear();
        _used = 0;
    }

    private static void Grow(ref byte[] bytes, int length)
    {
        if (bytes.Length < length) Array.Resize(ref bytes, Math.Max(length, Math.Max(64, bytes.Length * 2)));
    }
}
