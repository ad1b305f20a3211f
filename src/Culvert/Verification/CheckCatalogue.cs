using Culvert.Verification.Checks;

namespace Culvert.Verification;

/// <summary>Every check, in the order of the report.</summary>
internal static class CheckCatalogue
{
    public static IReadOnlyList<ICheck> All { get; } =
    [
        new TunnelCheck(),
        new ExitAddressCheck(),
        new DnsCheck(),
        new IPv6Check(),
        new OnlyCarrierCheck(),
        new ApplicationsCheck(),
        new GuardCheck(),
        new PrivilegesCheck(),
        new HostPortsCheck(),
        new HostUnchangedCheck(),
        new SecretsCheck(),
        new WorkspaceCheck(),
    ];
}
