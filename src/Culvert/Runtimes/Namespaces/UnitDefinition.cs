using System.Collections.Immutable;

namespace Culvert.Runtimes.Namespaces;

/// <summary>A process that the supervisor keeps running.</summary>
/// <param name="Name">Its name in logs and records.</param>
/// <param name="CommandLine">The program and its arguments.</param>
/// <param name="WaitsFor">A file that must be there before it is started.</param>
/// <param name="Stale">A file that tells nothing true once the process is gone.</param>
/// <param name="Uplink">The interface that the process makes and the supervisor sets up.</param>
internal sealed record UnitDefinition(
    string Name,
    ImmutableArray<string> CommandLine,
    string? WaitsFor = null,
    string? Stale = null,
    UplinkSetup? Uplink = null);

/// <summary>
/// How an uplink is set up. <see cref="Ready"/> is a file that says so. <see cref="Guarded"/>: hold has to see each new
/// interface, because the carrier's routes went with the one before.
/// </summary>
internal sealed record UplinkSetup(string Namespace, string Interface, string Address, string Gateway, string Ready, bool Guarded);
