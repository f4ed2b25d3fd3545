using System.Text;
using Perennial.Learning.Randomness;

namespace Perennial.Fuzz.Mutations;

/// <summary>
/// Mutations of text in a format whose structure is in single characters: the text is cut into those and what is between them, and
/// pieces are replaced, repeated, moved and left out, so that most of the structure stays whole.
/// </summary>
/// <param name="structure">The characters that part pieces.</param>
/// <param name="pieces">What pieces are replaced by, among others.</param>
internal sealed class TextMutation(string structure, string[] pieces)
{
    private readonly byte[] _structure = Encoding.UTF8.GetBytes(structure);
    private readonly byte[][] _pieces = [.. pieces.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The text with one to five mutations.</summary>
    public byte[] Of(byte[] text, Xoshiro256 random)
    {
        var parts = Cut(text);
        for (var n = random.Next(5); n >= 0; n--) Once(parts, random);
        var bytes = new List<byte>(text.Length + 64);
        foreach (var part in parts) bytes.AddRange(part);
        return [.. bytes];
    }

    private List<byte[]> Cut(byte[] text)
    {
        var parts = new List<byte[]>();
        for (var at = 0; at < text.Length;)
        {
            var run = text.AsSpan(at).IndexOfAny(_structure);
            var length = run switch { 0 => 1, < 0 => text.Length - at, _ => run };
            parts.Add(text[at..(at + length)]);
            at += length;
        }
        return parts;
    }

    private void Once(List<byte[]> parts, Xoshiro256 random)
    {
        if (parts.Count == 0)
        {
            parts.Add(Piece(random));
            return;
        }
        var at = random.Next(parts.Count);
        var run = 1 + random.Next(Math.Min(12, parts.Count - at));
        switch (random.Next(8))
        {
            case 0: parts[at] = Piece(random); break;
            case 1: parts.Insert(at, Piece(random)); break;
            case 2: parts.RemoveAt(at); break;
            case 3: parts.RemoveRange(at, run); break;
            case 4: parts.InsertRange(random.Next(parts.Count), parts.GetRange(at, run)); break;
            case 5: (parts[at], parts[random.Next(parts.Count)]) = (parts[random.Next(parts.Count)], parts[at]); break;
            case 6: parts[at] = [.. parts[at], .. Piece(random)]; break;
            default: parts[at] = ByteMutation.Of(parts[at], random); break;
        }
    }

    // Now and then very long, as no table has it.
    private byte[] Piece(Xoshiro256 random) => random.Next(40) switch
    {
        0 => [.. Enumerable.Repeat((byte)(' ' + random.Next(95)), 1 << random.Next(13))],
        < 8 => [_structure[random.Next(_structure.Length)]],
        _ => _pieces[random.Next(_pieces.Length)],
    };
}
