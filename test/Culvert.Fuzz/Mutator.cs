using System.Text;

namespace Culvert.Fuzz;

/// <summary>Makes inputs from a corpus by small changes. The seed decides everything.</summary>
internal sealed class Mutator(FuzzTarget target, IReadOnlyList<byte[]> corpus, int seed)
{
    private const int MaximumLength = 4096;
    private const int MaximumChanges = 6;

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        List<byte> input = [.. Any()];
        for (var changes = _random.Next(1, MaximumChanges + 1); changes > 0; changes--)
        {
            Change(input);
        }

        return input.Count > MaximumLength ? [.. input.Take(MaximumLength)] : [.. input];
    }

    private byte[] Any() => corpus[_random.Next(corpus.Count)];

    private void Change(List<byte> input)
    {
        var at = _random.Next(input.Count + 1);
        var length = Math.Min(_random.Next(1, 9), input.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 1 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2:
                input.InsertRange(at, Encoding.Latin1.GetBytes(target.Words[_random.Next(target.Words.Length)]));
                break;
            case 3:
                input.RemoveRange(at, length);
                break;
            case 4:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 5:
                // The beginning of one and the end of another.
                input.RemoveRange(at, input.Count - at);
                var other = Any();
                input.AddRange(other[_random.Next(other.Length + 1)..]);
                break;
            default:
                input.Insert(at, (byte)_random.Next(256));
                break;
        }
    }
}
