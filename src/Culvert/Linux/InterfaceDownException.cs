namespace Culvert.Linux;

/// <summary>Nothing was sent, because the interface is down.</summary>
internal sealed class InterfaceDownException() : IOException("sending a frame failed: the interface is down");
