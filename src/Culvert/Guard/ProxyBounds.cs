using System.Collections.Immutable;
using System.Net;
using Culvert.Stack;

namespace Culvert.Guard;

/// <summary>
/// Where the proxies' uid may connect to, when the programs behind the ports cannot keep to it themselves: these ports, through
/// the tunnel, and never into these networks.
/// </summary>
internal sealed record ProxyBounds(ImmutableArray<int> Ports, ImmutableArray<IPNetwork> Forbidden)
{
    /// <summary>Null where Culvert's own engine checks each address that it dials.</summary>
    public static ProxyBounds? Of(StackDefinition stack) => stack.Proxy.Engine == ProxyEngine.DanteAndTinyproxy
        ? new([.. stack.Proxy.AllowedPorts.Distinct()], [.. ForbiddenRanges.Of(stack.Network)])
        : null;
}
