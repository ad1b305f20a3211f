using System.Text.RegularExpressions;

namespace Culvert.Verification;

/// <summary>A TCP listener of the host as <c>ss -Hltnp</c> prints it. <see cref="Owner"/> is empty when ss cannot tell.</summary>
internal sealed partial record Listener(string Address, int Port, string Owner)
{
    private static readonly string[] OurPrograms = ["culvert", "slirp4netns", "docker-proxy", "pasta"];

    /// <summary>An unknown owner counts as ours: what cannot be told apart is not let pass.</summary>
    public bool MayBeOurs => Owner.Length == 0 || OurPrograms.Any(program => Owner.Contains($"\"{program}\"", StringComparison.Ordinal));

    /// <summary>True when a connection to this target (<c>ADDRESS:PORT</c>) is this listener's; a wildcard answers on every own address.</summary>
    public bool Answers(string target, IReadOnlyList<string> ownAddresses) => Address is "0.0.0.0" or "*" or "[::]"
        ? ownAddresses.Any(own => target == (own.Contains(':') ? $"[{own}]:{Port}" : $"{own}:{Port}"))
        : target == $"{Address}:{Port}";

    public static IReadOnlyList<Listener> Parse(string output) =>
    [
        .. from line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
           let match = Line().Match(line)
           where match.Success
           select new Listener(match.Groups[1].Value, int.Parse(match.Groups[2].Value), match.Groups[3].Value),
    ];

    // LISTEN 0 128 127.0.0.1:1080 0.0.0.0:* users:(("name",pid=1,fd=3))
    [GeneratedRegex(@"^LISTEN\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+(?:\s+users:(.*))?")]
    private static partial Regex Line();
}
