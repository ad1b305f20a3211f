namespace Culvert.Proxy.Accounting;

/// <summary>How one request of a client went. A null failure: it was relayed.</summary>
internal readonly record struct ExchangeRecord(
    ProxyProtocol Protocol,
    Caller Caller,
    Destination? Destination,
    ProxyFailure? Failure,
    long BytesUp,
    long BytesDown,
    TimeSpan Elapsed);
