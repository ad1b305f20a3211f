namespace Culvert.SystemTests.Tunnels;

/// <inheritdoc cref="DriverMatrix"/>
public sealed class OpenVpnMatrixTests(ITestOutputHelper output) : DriverMatrix("openvpn", output);
