using System.Collections.Immutable;
using System.Text;
using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>A checked <c>.ovpn</c> file with what it names in separate files taken in.</summary>
internal sealed record OpenVpnProfile
{
    public const int LargestFile = 1 << 20;

    /// <summary>Every remote, as the guard lets it out.</summary>
    public required IReadOnlyList<Carrier> Carriers { get; init; }

    /// <summary>The whole profile as one file, for the tunnel role.</summary>
    public required string SelfContained { get; init; }

    /// <summary>Only <c>remote</c>, <c>proto</c> and <c>port</c>, for hold: no key in it.</summary>
    public required string RemotesOnly { get; init; }

    /// <summary>The server asks for a user and a password besides the certificate.</summary>
    public required bool NeedsLogin { get; init; }

    /// <summary>The <c>tun-mtu</c> that the profile sets; null where it is the client's own default.</summary>
    public required int? Mtu { get; init; }

    /// <summary>Everything but the remotes.</summary>
    public required string Body { get; init; }

    /// <summary>Reads and checks a profile; what it refuses is named by line in <paramref name="problems"/> and the result is null.</summary>
    public static OpenVpnProfile? Load(SecretFile file, out IReadOnlyList<string> problems) => Load(file, whole: true, out problems);

    /// <summary>As <see cref="Load(SecretFile, out IReadOnlyList{string})"/>, for one who needs only the remotes: certificates may be absent.</summary>
    public static OpenVpnProfile? LoadRemotes(SecretFile file, out IReadOnlyList<string> problems) => Load(file, whole: false, out problems);

    /// <summary>The client's configuration for one remote: the client never chooses, so it never goes where it was not sent.</summary>
    public string For(Carrier remote) => RemoteLine(remote) + "\n" + Body;

    /// <summary>Without the keys that a record would print.</summary>
    public override string ToString() => $"an OpenVPN profile of {Carriers.Count} servers";

    /// <summary>What the profile needs that culvert.yaml does not give.</summary>
    public IEnumerable<string> MissingFrom(VpnSettings vpn, string path) => NeedsLogin && (vpn.User is null || vpn.Password is null)
        ? [$"{path}: the server asks for a user and a password (auth-user-pass); name them in vpn.user and vpn.password_file"]
        : [];

    public static OpenVpnProfile Of(
        IReadOnlyList<Carrier> carriers,
        IEnumerable<string> directives,
        bool needsLogin,
        int? mtu,
        ImmutableSortedDictionary<string, IReadOnlyList<string>> blocks)
    {
        var remotes = string.Concat(carriers.Select(c => RemoteLine(c) + "\n"));
        var body = new StringBuilder("client\n");
        foreach (var directive in directives)
        {
            body.Append(directive).Append('\n');
        }

        if (needsLogin)
        {
            body.Append("auth-user-pass\n");
        }

        foreach (var (tag, lines) in blocks)
        {
            body.Append('<').Append(tag).Append(">\n").AppendJoin('\n', lines).Append("\n</").Append(tag).Append(">\n");
        }

        return new OpenVpnProfile
        {
            Carriers = carriers,
            RemotesOnly = remotes,
            Body = body.ToString(),
            SelfContained = remotes + body,
            NeedsLogin = needsLogin,
            Mtu = mtu,
        };
    }

    private static string RemoteLine(Carrier carrier) =>
        $"remote {carrier.Address} {carrier.Port} {(carrier.Protocol == "tcp" ? "tcp4-client" : "udp4")}";

    private static OpenVpnProfile? Load(SecretFile file, bool whole, out IReadOnlyList<string> problems)
    {
        var reader = new OpenVpnProfileReader(file.Path, whole);
        var content = OpenVpnFiles.Read(file.Path, out var problem);
        if (content is null)
        {
            problems = [$"{file.Path}: {problem}"];
            return null;
        }

        return reader.Read(Encoding.UTF8.GetString(content), out problems);
    }
}
