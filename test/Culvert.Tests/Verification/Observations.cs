using System.Net;
using Culvert.Linux;
using Culvert.Verification;
using Culvert.Verification.Probes;

namespace Culvert.Tests.Verification;

/// <summary>What checks look at, made by hand.</summary>
internal static class Observations
{
    public static readonly LeakProbe Try = LeakProbe.Udp("a datagram", IPAddress.Parse("8.8.8.8"), 53, "uplink0");

    public static CapturedFlow Flow(byte? protocol = FrameHeader.Udp, string? to = "8.8.8.8", int port = 53, int etherType = FrameHeader.IPv4Type, bool laterFragment = false, int fromPort = 40000, long frames = 1) =>
        new(etherType, protocol, "172.30.97.100", fromPort, to, port, laterFragment, frames);

    public static readonly CapturedFlow Arp = Flow(protocol: null, to: "172.30.97.2", port: 0, etherType: FrameHeader.ArpType, fromPort: 0, frames: 2);

    public static CaptureReport Capture(params CapturedFlow[] flows) =>
        new("uplink0", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, flows.Sum(flow => flow.Frames), 0, 0, 2, 2, flows);

    public static LeakTrial Trial(CaptureReport capture, params ProbeAnswer[] answers) =>
        new(capture, answers.Length > 0 ? answers : [Unanswered()]);

    public static ProbeAnswer Answered(string answer = "connected", string kind = "TCP", string target = "192.0.2.1:1080", int? status = null) =>
        new(kind, target, true, answer, null, status, 12);

    public static ProbeAnswer Unanswered(string failure = "Connection refused (ConnectionRefused)", string kind = "TCP", string target = "192.0.2.1:1080") =>
        new(kind, target, false, null, failure, null, 12);

    public static Evidence Evidence(Verdict verdict, string check = "dns", string observed = "seen") => new(
        check, $"The promise of {check}", verdict, "what ought to be", observed, [], null, ["ip addr"], DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1.24));

    public static VerifyReport Report(params Evidence[] evidence) =>
        new("work", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(7.5), evidence);
}
