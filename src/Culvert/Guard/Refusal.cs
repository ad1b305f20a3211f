using System.Net;
using Culvert.Linux;

namespace Culvert.Guard;

/// <summary>A packet that the guard refused: whose it was (null where its socket had no owner any more), of which protocol, and where it was to go.</summary>
internal sealed record Refusal(uint? Uid, byte? Protocol, IPAddress? Destination, ushort Port)
{
    /// <summary>How the guard's rule marks what it logs.</summary>
    public const string Prefix = "culvert refused ";

    /// <summary>Null for a packet that another rule logged.</summary>
    public static Refusal? Of(LoggedPacket packet)
    {
        if (packet.Prefix != Prefix)
        {
            return null;
        }

        var header = FrameHeader.ParsePacket(packet.EtherType, packet.Bytes);
        return new Refusal(packet.Uid, header.Protocol, header.Destination, header.DestinationPort);
    }

    public override string ToString() => $"refused {ProtocolName} to {Target}{(Uid is { } uid ? $" from uid {uid}" : "")}";

    private string Target => Destination is null ? "somewhere" : Port == 0 ? $"{Destination}" : $"{new IPEndPoint(Destination, Port)}";

    private string ProtocolName => Protocol switch
    {
        FrameHeader.Tcp => "TCP",
        FrameHeader.Udp => "UDP",
        FrameHeader.Icmp => "ICMP",
        FrameHeader.IcmpV6 => "ICMPv6",
        null => "a packet",
        { } other => $"protocol {other}",
    };
}
