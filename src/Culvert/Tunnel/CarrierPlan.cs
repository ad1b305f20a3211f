using Culvert.Stack;

namespace Culvert.Tunnel;

/// <summary>The carriers of every configured location, or the sentences that say why one cannot be used.</summary>
internal sealed record CarrierPlan(IReadOnlyList<Carrier> Carriers, IReadOnlyList<string> Problems)
{
    /// <summary>Reads the profiles of the stack's locations; only their remotes are needed to be in them.</summary>
    public static CarrierPlan Of(StackDefinition stack) => throw new NotImplementedException();
}
