namespace Culvert.Verification;

/// <summary>A port inside <see cref="Part"/> that a container engine makes reachable at <see cref="At"/> (<c>ADDRESS:PORT</c>) of the host.</summary>
internal sealed record PublishedPort(string Part, int Port, string At);
