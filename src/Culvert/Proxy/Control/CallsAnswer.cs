using Culvert.Proxy.Accounting;
using Culvert.Stack;

namespace Culvert.Proxy.Control;

/// <summary>The ledger in the words of the control socket.</summary>
internal static class CallsAnswer
{
    private const string Relayed = "relayed";
    private const string OtherProvider = "other";

    public static CallsReport Of(LedgerSnapshot ledger, DatagramsReport datagrams) => new(
        ledger.OpenConnections,
        [
            .. ledger.Lines.Select(line => new CallsLine(
                line.Application,
                line.Provider ?? OtherProvider,
                line.Failure is { } failure ? FailureNames.Of(failure) : Relayed,
                line.Exchanges,
                line.BytesUp,
                line.BytesDown)),
        ],
        datagrams);
}
