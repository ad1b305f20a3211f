namespace Culvert.Stack;

/// <summary>A role of the stack: one process with the uid that the guard knows it by.</summary>
internal sealed record Role(string Name, int Uid)
{
    public static readonly Role Hold = new("hold", 0);
    public static readonly Role Tunnel = new("tunnel", 970);
    public static readonly Role Resolver = new("resolver", 1053);
    public static readonly Role Proxy = new("proxy", 1090);
    public static readonly Role Status = new("status", 1091);

    public const int SocksPort = 1080;
    public const int HttpPort = 1090;

    /// <summary>Where the status page is served.</summary>
    public const int StatusPort = 8090;

    /// <summary>Where Prometheus is found, in the profile <c>monitoring</c>.</summary>
    public const int PrometheusPort = 9090;

    /// <summary>Where the tunnel role answers names that its client needs before there is a tunnel, to itself and that client alone.</summary>
    public const string BootstrapAddress = "127.0.0.54";

    /// <summary>The tunnel's interface, the same for every driver.</summary>
    public const string TunnelInterface = "tun0";
}
