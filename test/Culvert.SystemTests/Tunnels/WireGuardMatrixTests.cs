namespace Culvert.SystemTests.Tunnels;

/// <inheritdoc cref="DriverMatrix"/>
public sealed class WireGuardMatrixTests(ITestOutputHelper output) : DriverMatrix("wireguard", output);
