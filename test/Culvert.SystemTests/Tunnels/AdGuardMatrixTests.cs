namespace Culvert.SystemTests.Tunnels;

/// <inheritdoc cref="DriverMatrix"/>
public sealed class AdGuardMatrixTests(ITestOutputHelper output) : DriverMatrix("adguard", output);
