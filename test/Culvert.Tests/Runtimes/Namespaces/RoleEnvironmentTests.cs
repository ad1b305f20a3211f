using Culvert.Runtimes.Namespaces;

namespace Culvert.Tests.Runtimes.Namespaces;

public sealed class RoleEnvironmentTests
{
    [Fact]
    public void Nothing_of_the_caller_passes_but_where_programs_and_certificates_are()
    {
        var caller = new Dictionary<string, string>
        {
            ["PATH"] = "/opt/bin",
            ["OPENAI_API_KEY"] = "sk-1",
            ["HTTPS_PROXY"] = "http://proxy",
            ["LD_PRELOAD"] = "/tmp/x.so",
            ["HOME"] = "/home/ann",
            ["SSL_CERT_FILE"] = "/etc/ssl/ours.pem",
            ["SSL_CERT_DIR"] = "",
        };
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["CULVERT_RUN"] = "/run/culvert/work",
                ["CULVERT_UNIT"] = "proxy",
                ["HOME"] = "/nonexistent",
                ["PATH"] = "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                ["SSL_CERT_FILE"] = "/etc/ssl/ours.pem",
            },
            RoleEnvironment.Of(caller.GetValueOrDefault, "/run/culvert/work", "proxy"));
    }

    [Theory]
    [InlineData("CULVERT_RUN=/run/culvert/work", true)]
    [InlineData("CULVERT_RUN=/run/culvert/work2", false)]
    [InlineData("XCULVERT_RUN=/run/culvert/work", false)]
    [InlineData("", false)]
    public void A_mark_counts_only_when_it_is_whole(string variable, bool expected) =>
        Assert.Equal(expected, RoleEnvironment.Has($"A=1\0{variable}\0B=2\0", "CULVERT_RUN", "/run/culvert/work"));
}
