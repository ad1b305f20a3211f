using Culvert.Lab.Topology;

namespace Culvert.SystemTests.Tunnels;

/// <summary>A login that the service takes, or does not take any more: AdGuard's, or a user and a password that OpenVPN's servers ask for.</summary>
internal sealed class DriverLogin
{
    private const string Folder = "/run/lab";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Program = Secret | UnixFileMode.UserExecute;
    private readonly DriverStack one;

    private DriverLogin(DriverStack one) => this.one = one;

    private LabExit[] Exits => [one.Stack.Lab.Exit1, one.Stack.Lab.Exit2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The servers ask for a login from now on, and culvert.yaml gives it. Before <c>culvert up</c>.</summary>
    public static async Task<DriverLogin> RequireAsync(DriverStack one)
    {
        var login = new DriverLogin(one);
        if (one.Driver == "openvpn")
        {
            await login.RequireAtServersAsync();
        }

        return login;
    }

    /// <summary>No server takes it any more.</summary>
    public void Revoke()
    {
        if (one.Driver == "adguard")
        {
            AdGuardStack.DescribeWorld(one.Stack, new { revoked = true });
            return;
        }

        RevokeAt(1);
        RevokeAt(2);
    }

    /// <summary>One of OpenVPN's servers does not take it any more.</summary>
    public void RevokeAt(int exit) => File.WriteAllText(RevokedAt(exit), "");

    /// <summary>It is taken again. AdGuard's needs a person for that, as <c>culvert login</c> does it.</summary>
    public async Task GiveAgainAsync()
    {
        if (one.Driver != "adguard")
        {
            File.Delete(RevokedAt(1));
            File.Delete(RevokedAt(2));
            return;
        }

        AdGuardStack.DescribeWorld(one.Stack, new { });
        var login = await one.Stack.Culvert.CallAsync(["login"], AdGuardStack.WithClient, TimeSpan.FromSeconds(20), Token);
        Assert.True(login.Succeeded, login.Describe());
    }

    private async Task RequireAtServersAsync()
    {
        foreach (var (exit, number) in Exits.Select((exit, place) => (exit, place + 1)))
        {
            // OpenVPN hands over a file: the user in the first line, the password in the second.
            var check = $"""
                #!/bin/sh
                test ! -e {Folder}/revoked{number} && test "$(cat "$1")" = "alice
                a secret of the lab"

                """;
            File.WriteAllText(exit.Place.PathOf($"{Folder}/check{number}"), check);
            File.SetUnixFileMode(exit.Place.PathOf($"{Folder}/check{number}"), Program);
            one.Stack.Lab.Host.WriteFile($"{StackInput.Folder}/exit{number}.ovpn", exit.Profile() + "auth-user-pass\n", Secret);
        }

        one.Stack.Lab.Host.WriteFile($"{StackInput.Folder}/password", "a secret of the lab\n", Secret);
        one.Stack.Lab.Host.WriteFile(
            StackInput.File, StackInput.Yaml.Replace("  driver: openvpn\n", "  driver: openvpn\n  user: alice\n  password_file: password\n", StringComparison.Ordinal));
        await one.Exits.StopAsync();
        foreach (var (exit, number) in Exits.Select((exit, place) => (exit, place + 1)))
        {
            await exit.StartAsync(new ExitOptions { LoginCheck = $"{Folder}/check{number}" }, Token);
        }
    }

    private string RevokedAt(int exit) => Exits[exit - 1].Place.PathOf($"{Folder}/revoked{exit}");
}
