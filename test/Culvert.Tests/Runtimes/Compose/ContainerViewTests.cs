using Culvert.Runtimes.Compose;

namespace Culvert.Tests.Runtimes.Compose;

public sealed class ContainerViewTests
{
    private const string Vpn = """
        {"Name":"/vpn","LogPath":"/var/lib/docker/containers/4ebb/4ebb-json.log","State":{"Status":"running","Pid":555},
         "HostConfig":{"NetworkMode":"culvert_uplink","PortBindings":{"8080/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}],"1090/tcp":[{"HostIp":"","HostPort":""}]}},
         "Config":{"Labels":{"com.docker.compose.service":"vpn"}},
         "Mounts":[{"Type":"volume","Name":"culvert_run","Source":"/var/lib/docker/volumes/culvert_run/_data","Destination":"/run/culvert","RW":false},
                   {"Type":"bind","Source":"/srv/stack/.culvert/config","Destination":"/etc/culvert","RW":false},
                   {"Type":"bind","Source":"/srv/work","Destination":"/workspace","RW":true},{"Type":"tmpfs","Source":"","Destination":"/tmp","RW":true}],
         "NetworkSettings":{"Networks":{"vpn-net":{"IPAddress":"172.30.98.2"},"culvert_uplink":{"IPAddress":"172.30.97.2"}},
                            "Ports":{"8080/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}],"1080/tcp":null}}}
        """;

    [Fact]
    public void What_docker_inspect_prints_becomes_a_view_from_the_host()
    {
        var view = Assert.Single(ContainerView.Parse($"[{Vpn}]"));
        Assert.Equal(("vpn", "vpn", 555), (view.Service, view.Name, view.Pid));
        Assert.Equal([KeyValuePair.Create("/workspace", "/srv/work")], view.Written);
        Assert.Equal("/var/lib/docker/containers/4ebb", view.EngineFolder);
        Assert.Equal("172.30.98.2", view.Networks["vpn-net"]);
        Assert.Equal([KeyValuePair.Create("/run/culvert", "/var/lib/docker/volumes/culvert_run/_data")], view.Volumes);
        Assert.Equal("/proc/555/root/run/culvert/tunnel", view.Inside("/run/culvert/tunnel"));
    }

    /// <summary>An exposed port is reached by nobody; one that is bound without an address is reached on all of the host's.</summary>
    [Fact]
    public void What_is_published_is_told_once_and_what_is_only_exposed_is_not() => Assert.Equal(
        [new ContainerPort(8080, "127.0.0.1:8080"), new ContainerPort(1090, "0.0.0.0:")],
        Assert.Single(ContainerView.Parse($"[{Vpn}]")).Ports);

    [Fact]
    public void A_container_that_does_not_run_is_left_out_and_one_with_another_log_driver_has_no_folder()
    {
        const string Other = """
            "HostConfig":{"PortBindings":null},"Config":{"Labels":null},"Mounts":null,"LogPath":"","NetworkSettings":{"Networks":null,"Ports":null}
            """;
        var views = ContainerView.Parse($$"""[{"Name":"/gone","State":{"Pid":0},{{Other}}}, {"Name":"/joined","State":{"Pid":7},{{Other}}}]""");
        var joined = Assert.Single(views);
        Assert.Equal(("joined", null), (joined.Service, joined.EngineFolder));
        Assert.Empty(joined.Networks);
    }
}
