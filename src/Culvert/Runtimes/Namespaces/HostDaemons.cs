using System.Collections.Frozen;

namespace Culvert.Runtimes.Namespaces;

/// <summary>
/// Entries of the host's /run through which a program inside could leave without noticing, or have something started that
/// leaves: their daemons stand in the host's network. Anything else in /run is the caller's affair, as files are.
/// </summary>
internal static class HostDaemons
{
    /// <summary>Shown in part: it holds the sockets of systemd and systemd-resolved, and the journal's.</summary>
    private const string Systemd = "systemd";

    private static readonly FrozenSet<string> LeadingOut = new[]
    {
        // Resolve names. glibc asks nscd before anything that nsswitch.conf says.
        "nscd", "avahi-daemon", "mdnsd",
        // Start programs, containers and machines for whoever may ask. D-Bus does both: it leads to systemd and to systemd-resolved.
        "dbus", "docker", "docker.sock", "containerd", "cri-dockerd.sock", "podman", "crio", "buildkit", "k3s", "incus", "libvirt",
        "snapd.socket", "snapd-snap.socket",
        // Connect for whoever may ask.
        "tailscale", "tor",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Who there is, who is logged in, the journal, and where a service says that it is ready. None makes systemd do anything.</summary>
    private static readonly FrozenSet<string> ShownOfSystemd =
        new[] { "journal", "machines", "notify", "seats", "sessions", "system", "userdb", "users" }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="entry">Relative to /run.</param>
    public static RunEntry Of(string entry)
    {
        var parts = entry.Split('/');
        return parts switch
        {
            [Systemd] => RunEntry.ShownInPart,
            [Systemd, var inner, ..] => ShownOfSystemd.Contains(inner) ? RunEntry.Shown : RunEntry.Hidden,
            [var name, ..] => LeadingOut.Contains(name) ? RunEntry.Hidden : RunEntry.Shown,
            [] => RunEntry.Hidden,
        };
    }
}
