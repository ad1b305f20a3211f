namespace Culvert.SystemTests.Docker;

/// <summary><c>culvert run</c> and <c>culvert env</c> on a stack under Compose.</summary>
[Collection(DockerCollection.Name)]
public sealed class RunInDockerTests(DockerStack stack)
{
    [Fact]
    public async Task A_command_runs_in_dev_and_one_for_an_application_is_refused_with_a_sentence()
    {
        await stack.UpAsync();
        await stack.WaitForDevAsync();
        var call = await stack.CulvertAsync("run", "--", "curl", "--silent", "https://api.ipify.org");
        Assert.Equal((0, DockerStack.ExitAddress), (call.ExitCode, call.Output.Trim()));
        Assert.Equal(7, (await stack.CulvertAsync("run", "--", "sh", "-c", "exit 7")).ExitCode);
        var app = await stack.CulvertAsync("run", "--app", "--", "true");
        Assert.Equal(2, app.ExitCode);
        Assert.Contains("docker exec app1", app.Error, StringComparison.Ordinal);
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
