using System.Text;

namespace Culvert.Proxy.Http;

/// <summary>The options of every Connection field of a message (RFC 9110 section 7.6.1).</summary>
internal sealed class ConnectionOptions
{
    public bool Close { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool Upgrade { get; private set; }

    /// <summary>Something other than a token, or a field that must not be dropped on the way.</summary>
    public bool IsMalformed { get; private set; }

    public List<string> Nominated { get; } = [];

    public void Add(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = value[range].Trim(" \t"u8);
            if (option.IsEmpty)
            {
                continue;
            }

            if (FieldNames.Is(option, "close"u8))
            {
                Close = true;
            }
            else if (FieldNames.Is(option, "keep-alive"u8))
            {
                KeepAlive = true;
            }
            else if (FieldNames.Is(option, "upgrade"u8))
            {
                Upgrade = true;
            }
            else if (option.ContainsAnyExcept(FieldReader.TokenBytes) || FieldNames.IsFraming(option))
            {
                IsMalformed = true;
            }
            else
            {
                Nominated.Add(Encoding.ASCII.GetString(option));
            }
        }
    }
}
