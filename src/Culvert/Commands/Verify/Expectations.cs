using Culvert.Guard;
using Culvert.Stack;
using Culvert.Tunnel;
using Culvert.Verification;
using Culvert.Verification.Probes;

namespace Culvert.Commands.Verify;

/// <summary>What the configuration says about a stack, whatever its runtime.</summary>
internal static class Expectations
{
    /// <summary>What the configuration says must stand, not what hold says it loaded; only the interfaces are hold's word.</summary>
    public static GuardExpectation OfGuard(StackDefinition stack, NamespaceReport report)
    {
        var plan = NamespacePlan.Of(stack, report.Uplink, report.VpnNet, CarrierPlan.Of(stack).Carriers);
        return new GuardExpectation(Ruleset.Transaction(Ruleset.Of(plan)), listing => GuardCheck.Differences(plan, listing));
    }

    /// <summary>One of those who may use the proxies, where they ask who it is.</summary>
    public static ProbeSecrets ProxyUser(StackDefinition stack) => stack.Proxy.Users is [var user, ..]
        ? ProbeSecrets.None with { User = user.Name, Password = user.Password.Read().Reveal() }
        : ProbeSecrets.None;
}
