using Culvert.Linux;

namespace Culvert.Verification;

/// <summary>Where an application stands that has the proxies beside its own way out, and what people call it.</summary>
internal sealed record ApplicationPlace(string Name, Standpoint At);
