using Culvert.Runtimes.Compose;

namespace Culvert.Tests.Runtimes.Compose;

public sealed class PartReportTests
{
    [Fact]
    public void What_docker_inspect_prints_becomes_parts()
    {
        var parts = PartReport.Parse("""
            [{"Name":"/vpn-tunnel","RestartCount":2,"Unknown":{"x":1},
              "State":{"Status":"running","ExitCode":0,"StartedAt":"2026-11-24T05:54:59.123456789Z",
                "Health":{"Status":"unhealthy","FailingStreak":3,"Log":[{"ExitCode":0,"Output":"healthy\n"},{"ExitCode":1,"Output":"the tunnel is connecting: no answer\n"}]}},
              "HostConfig":{"NetworkMode":"container:4ebb6c35"},
              "Config":{"Labels":{"com.docker.compose.service":"vpn-tunnel"}}},
             {"Name":"/own","RestartCount":0,
              "State":{"Status":"created","ExitCode":0,"StartedAt":"0001-01-01T00:00:00Z"},
              "HostConfig":{"NetworkMode":"culvert_uplink"},"Config":{"Labels":null}}]
            """);
        Assert.Equal(2, parts.Count);
        Assert.True(parts[0] is { Service: "vpn-tunnel", Running: true, Restarts: 2, Health: "unhealthy", Complaint: "the tunnel is connecting: no answer", JoinsAnother: true });
        Assert.Equal(2026, parts[0].Since?.Year);
        Assert.True(parts[1] is { Service: "own", Running: false, Since: null, Health: null, Complaint: null, JoinsAnother: false });
    }
}
