namespace Culvert.Proxy.Pair;

/// <summary>
/// Says in our words what a program's log line says. Whatever a client sent may stand in such a line, so nothing of it is passed
/// on but what has a form that holds no secret: addresses, ports, known methods and reasons, and a provider's name.
/// </summary>
internal interface IProgramLog
{
    /// <summary>The line to write; null for one that tells nothing.</summary>
    public string? Rewrite(string line);
}
