namespace Culvert.Verification;

/// <summary>A folder of the host that dev writes to: where the host has it, and where dev sees it.</summary>
internal sealed record DevMount(string Source, string Destination);
