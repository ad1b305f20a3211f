using System.Net;

namespace Culvert.Lab.Topology;

/// <summary>What happens to the cable between the host and its ISP.</summary>
public sealed class Cable(LabInternet lab)
{
    /// <summary>Loses this share of all packets between the host and the rest of the world, in both directions, until <see cref="MendAsync"/>.</summary>
    public Task LosePercentAsync(int percent, CancellationToken cancellationToken) => lab.Isp.RequireAsync(
        "nft",
        ["-f", "-"],
        cancellationToken,
        $$"""
        table ip lab_loss {
          chain forward { type filter hook forward priority 0; policy accept;
            numgen random mod 100 < {{percent}} drop
          }
        }

        """);

    public Task MendAsync(CancellationToken cancellationToken) => lab.Isp.RequireAsync("nft", ["delete", "table", "ip", "lab_loss"], cancellationToken);

    /// <summary>Gives the host another address, as a new lease does; the old one is gone.</summary>
    public async Task MoveHostAsync(IPAddress from, IPAddress to, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>[] lines =
        [
            ["address", "delete", $"{from}/24", "dev", "eth0"],
            ["address", "add", $"{to}/24", "dev", "eth0"],
            ["route", "replace", "default", "via", "192.0.2.1", "dev", "eth0"],
        ];
        foreach (var line in lines)
        {
            await lab.Host.RequireAsync("ip", line, cancellationToken);
        }
    }
}
