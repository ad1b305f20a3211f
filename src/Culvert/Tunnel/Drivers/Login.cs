using Culvert.Stack;

namespace Culvert.Tunnel.Drivers;

/// <summary>User and password, said over the management socket: they are in no argument, file or environment of the client.</summary>
internal sealed record Login(string User, Secret Password)
{
    /// <summary>Null where culvert.yaml names none. IO errors of the password's file are the caller's boundary.</summary>
    public static Login? Of(VpnSettings vpn) => vpn is { User: { } user, Password: { } file } ? new Login(user, file.Read()) : null;

    public string[] Answers() =>
    [
        $"username \"Auth\" {OpenVpnLine.Quote(User)}",
        $"password \"Auth\" {OpenVpnLine.Quote(Password.Reveal())}",
    ];
}
