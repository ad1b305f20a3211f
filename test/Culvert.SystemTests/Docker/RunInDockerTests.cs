namespace Culvert.SystemTests.Docker;

/// <summary><c>culvert run</c> and <c>culvert env</c> on a stack under Compose.</summary>
[Collection(DockerCollection.Name)]
public sealed class RunInDockerTests(DockerStack stack)
{
    [Fact]
    public async Task A_command_runs_in_dev_and_one_for_an_application_in_the_only_one_there_is()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        var call = await stack.CulvertAsync("run", "--", "curl", "--silent", "https://api.ipify.org");
        Assert.Equal((0, DockerStack.ExitAddress), (call.ExitCode, call.Output.Trim()));
        Assert.Equal(7, (await stack.CulvertAsync("run", "--", "sh", "-c", "exit 7")).ExitCode);
        var app = await stack.CulvertAsync("run", "--app", "--", "cat", "/etc/hostname");
        Assert.True(app.Succeeded, app.Describe());
        Assert.Equal((await stack.ExecAsync("app1", "cat", "/etc/hostname")).Output, app.Output);

        await stack.DockerAsync("run", "--detach", "--name", "app2", "--network", "vpn-net", "--entrypoint", "sleep", "culvert-dev", "600");
        try
        {
            var which = await stack.CulvertAsync("run", "--app", "--", "true");
            Assert.Equal(2, which.ExitCode);
            Assert.Contains("app1, app2 are on vpn-net", which.Error, StringComparison.Ordinal);
        }
        finally
        {
            await stack.DockerAsync("rm", "--force", "app2");
        }
    }

    [Fact]
    public async Task What_env_prints_for_a_shell_works_in_an_application()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        var settings = await stack.CulvertAsync("env", "shell");
        Assert.True(settings.Succeeded, settings.Describe());
        const string Ask = "\npython3 -c 'import requests; print(requests.get(\"https://api.ipify.org\").text)'";
        var call = await stack.ExecAsync("app1", "sh", "-c", settings.Output + Ask);
        Assert.True(call.Output.Trim() == DockerStack.ExitAddress, call.Describe());
    }
}
