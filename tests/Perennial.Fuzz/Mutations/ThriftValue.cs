using Perennial.Learning.Randomness;

namespace Perennial.Fuzz.Mutations;

/// <summary>
/// A value of Thrift's compact protocol as a tree (apache/thrift, doc/specs/thrift-compact-protocol.md), as far as whole Parquet files hold
/// it: it can be changed anywhere and written again.
/// </summary>
internal sealed class ThriftValue
{
    private const int True = 1, False = 2, Byte = 3, Double = 7, Binary = 8, List = 9, Set = 10, Struct = 12;

    private static readonly long[] Numbers =
        [0, 1, -1, 2, 3, 4, 6, 7, 8, 12, 63, 64, 255, 256, 1000, 65_536, 1 << 20, 1 << 28, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    private int _type;
    private long _number;
    private byte[] _bytes = [];
    private readonly List<(int Id, ThriftValue Value)> _items = [];

    /// <summary>Reads a structure, and says where it ends.</summary>
    public static ThriftValue Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var at = 0;
        var value = Read(bytes, ref at, Struct, inList: false);
        length = at;
        return value;
    }

    /// <summary>Writes the structure.</summary>
    public byte[] Write()
    {
        var bytes = new List<byte>();
        Write(bytes, inList: false);
        return [.. bytes];
    }

    /// <summary>The values of a field of a structure.</summary>
    public IEnumerable<ThriftValue> Of(int id) => _items.Where(item => item.Id == id).Select(item => item.Value);

    /// <summary>The elements of a list.</summary>
    public IEnumerable<ThriftValue> Elements => _items.Select(item => item.Value);

    public long Number => _number;

    /// <summary>Changes something, here or further in.</summary>
    public void Mutate(Xoshiro256 random)
    {
        if (_items.Count > 0 && random.Next(8) > 0)
        {
            _items[random.Next(_items.Count)].Value.Mutate(random);
            return;
        }
        if (_items.Count > 0)
        {
            Items(random);
            return;
        }
        switch (_type)
        {
            case True or False: _type = True + False - _type; break;
            case Binary: _bytes = ByteMutation.Of(_bytes, random); break;
            default: _number = random.Next(3) == 0 ? _number + random.Next(5) - 2 : Numbers[random.Next(Numbers.Length)]; break;
        }
    }

    /// <summary>Makes one of the lists, here or further in, very long: of an element of its own, or of structures without anything in them.</summary>
    public void Repeat(Xoshiro256 random, int most)
    {
        var lists = Lists().ToArray();
        if (lists.Length == 0) return;
        var list = lists[random.Next(lists.Length)];
        var element = random.Next(2) == 0 ? list._items[random.Next(list._items.Count)].Value : new ThriftValue { _type = Struct };
        var bytes = new List<byte>();
        element.Write(bytes, inList: true);
        var times = most / Math.Max(1, bytes.Count);
        list._items.Clear();
        list._items.AddRange(Enumerable.Repeat((0, element), times));
    }

    private IEnumerable<ThriftValue> Lists() =>
        Elements.SelectMany(value => value.Lists()).Concat(_type is List or Set && _items.Count > 0 ? [this] : []);

    private void Items(Xoshiro256 random)
    {
        var at = random.Next(_items.Count);
        switch (random.Next(4))
        {
            case 0: _items.RemoveAt(at); break;
            case 1: _items.Insert(at, _items[random.Next(_items.Count)]); break;
            case 2: _items[at] = (_items[at].Id + random.Next(3) - 1, _items[at].Value); break;
            default: _items[at] = (_items[at].Id, _items[random.Next(_items.Count)].Value); break;
        }
    }

    private static ThriftValue Read(ReadOnlySpan<byte> bytes, ref int at, int type, bool inList)
    {
        var value = new ThriftValue { _type = type };
        switch (type)
        {
            case True or False:
                if (inList) value._type = bytes[at++];
                break;
            case Byte: value._number = bytes[at++]; break;
            case Double:
                value._bytes = bytes.Slice(at, 8).ToArray();
                at += 8;
                break;
            case Binary:
                var length = (int)Varint(bytes, ref at);
                value._bytes = bytes.Slice(at, length).ToArray();
                at += length;
                break;
            case List or Set:
                var head = bytes[at++];
                var count = head >> 4 < 15 ? head >> 4 : (int)Varint(bytes, ref at);
                for (; count > 0; count--) value._items.Add((head & 15, Read(bytes, ref at, head & 15, inList: true)));
                break;
            case Struct:
                ReadFields(value, bytes, ref at);
                break;
            default:
                var zigzag = Varint(bytes, ref at);
                value._number = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
                break;
        }
        return value;
    }

    private static void ReadFields(ThriftValue value, ReadOnlySpan<byte> bytes, ref int at)
    {
        for (var id = 0; bytes[at++] is > 0 and var head;)
        {
            if (head >> 4 > 0) id += head >> 4;
            else
            {
                var zigzag = Varint(bytes, ref at);
                id = (int)((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
            }
            value._items.Add((id, Read(bytes, ref at, head & 15, inList: false)));
        }
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var group = bytes[at++];
            value |= (ulong)(group & 0x7F) << shift;
            if (group < 0x80) return value;
        }
    }

    private void Write(List<byte> to, bool inList)
    {
        switch (_type)
        {
            case True or False:
                if (inList) to.Add((byte)_type);
                break;
            case Byte: to.Add((byte)_number); break;
            case Double: to.AddRange(_bytes); break;
            case Binary:
                Varint(to, (ulong)_bytes.Length);
                to.AddRange(_bytes);
                break;
            case List or Set:
                var element = _items.Count > 0 ? _items[0].Value._type : Struct;
                to.Add((byte)(Math.Min(_items.Count, 15) << 4 | element));
                if (_items.Count >= 15) Varint(to, (ulong)_items.Count);
                foreach (var (_, item) in _items) item.Write(to, inList: true);
                break;
            case Struct:
                var last = 0;
                foreach (var (id, item) in _items)
                {
                    to.Add((byte)((id - last is > 0 and < 16 ? (id - last) << 4 : 0) | item._type));
                    if (id - last is <= 0 or >= 16) Varint(to, (ulong)((long)id << 1 ^ (long)id >> 63));
                    item.Write(to, inList: false);
                    last = id;
                }
                to.Add(0);
                break;
            default: Varint(to, (ulong)(_number << 1 ^ _number >> 63)); break;
        }
    }

    private static void Varint(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }
}
