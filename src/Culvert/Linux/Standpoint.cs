using System.Collections.Immutable;

namespace Culvert.Linux;

/// <summary>Where a command is run from: the host itself, a named network namespace, or the network of a process.</summary>
internal sealed record Standpoint(string Name, ImmutableArray<string> Prefix)
{
    public static readonly Standpoint Host = new("the host", []);

    /// <summary>Where this process itself stands: a role inside the namespace has no other way to it.</summary>
    public static readonly Standpoint Own = new("here", []);

    /// <summary>Through <c>ip netns exec</c>, which also brings the files of /etc/netns/NAME (hosts, resolv.conf).</summary>
    public static Standpoint Namespace(string name) => new(name, ["ip", "netns", "exec", name]);

    public static Standpoint NetworkOf(int processId, string name) => new(name, ["nsenter", $"--net=/proc/{processId}/ns/net"]);

    /// <summary>The whole command, program first.</summary>
    public ImmutableArray<string> Command(string program, IReadOnlyList<string> arguments) =>
        [.. Prefix, program, .. arguments];

    public Task<SubprocessResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken,
        string? input = null,
        TimeSpan? deadline = null)
    {
        var command = Command(program, arguments);
        return Subprocess.RunAsync(command[0], command[1..], cancellationToken, input, deadline);
    }

    /// <summary>Returns stdout; anything but exit code 0 throws <see cref="SubprocessFailedException"/>.</summary>
    public Task<string> RequireAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var command = Command(program, arguments);
        return Subprocess.RequireAsync(command[0], command[1..], cancellationToken, input);
    }
}
