using Culvert.Linux;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Verification;

namespace Culvert.Commands.Verify;

/// <summary>Where a stack of the namespaces runtime is looked at: its two named namespaces and its run directory.</summary>
internal static class NamespacesTarget
{
    /// <summary>Null when the stack is not up.</summary>
    public static VerifyTarget? Find(StackDefinition stack)
    {
        var places = new Places(stack.Name);
        return ReportFile.ReadNamespace(places.Run.NamespaceReport) is { } report
            ? new VerifyTarget(stack, report, Expectations.OfGuard(stack, report), Expectations.ProxyUser(stack))
            {
                Dev = Standpoint.Namespace(places.VpnNamespace),
                App = new ProxyClient("app", Standpoint.Namespace(places.AppNamespace), "vpn"),
                Applications = [new ApplicationPlace(places.AppNamespace, Standpoint.Namespace(places.AppNamespace))],
                TunnelReport = places.Run.TunnelReport,
                HostBefore = places.HostBefore,
                Logs = LogSources.Of(places.Run.Path),
            }
            : null;
    }
}
