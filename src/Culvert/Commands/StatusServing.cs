using System.CommandLine;
using System.Net;
using System.Text.Json;
using Culvert.Linux;
using Culvert.Runtimes.Compose;
using Culvert.Runtimes.Namespaces;
using Culvert.Stack;
using Culvert.Status;

namespace Culvert.Commands;

/// <summary><c>culvert status --serve</c>: the page, on the host beside a stack without an engine, or as the role of a container.</summary>
internal sealed class StatusServing
{
    private static readonly Role[] Asked = [Role.Tunnel, Role.Resolver, Role.Proxy];

    private readonly Option<bool> serve = new("--serve") { Description = "Serve a page, /status.json and /metrics (Prometheus) until interrupted." };
    private readonly Option<string?> run = new("--run") { Description = "With --serve: the roles' directory, for the container of this role.", HelpName = "DIR" };
    private readonly Option<string> listen = new("--listen")
    {
        Description = "With --serve: where.",
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => $"127.0.0.1:{Role.StatusPort}",
    };

    public StatusServing() => listen.Validators.Add(result =>
    {
        if (!IPEndPoint.TryParse(result.GetValueOrDefault<string>(), out var parsed) || parsed.Port == 0)
        {
            result.AddError($"'{result.GetValueOrDefault<string>()}' is not an address with a port; write it as 127.0.0.1:{Role.StatusPort}");
        }
    });

    public void AddTo(Command command)
    {
        command.Add(serve);
        command.Add(run);
        command.Add(listen);
    }

    public bool IsWanted(ParseResult parse) => parse.GetValue(serve);

    public async Task<int> RunAsync(ParseResult parse, StackNameOption stack, CancellationToken cancellationToken)
    {
        if (stack.Resolve(parse) is not { } places)
        {
            return ExitCode.WrongUse;
        }

        if (parse.GetValue(run) is { } directory)
        {
            return await ServeAsync(parse, token => FromInsideAsync(places.Name, new RunDirectory(directory), token), cancellationToken);
        }

        if (stack.ResolveCompose(parse) is not null)
        {
            await Console.Error.WriteLineAsync(
                $"status: under Compose the container vpn-status serves the page: http://127.0.0.1:{Role.StatusPort}, or CULVERT_STATUS_PORT of .env. Nothing more was started.");
            return ExitCode.WrongUse;
        }

        return await ServeAsync(parse, _ => FromOutsideAsync(places), cancellationToken);
    }

    private async Task<int> ServeAsync(ParseResult parse, Func<CancellationToken, Task<StatusView>> observe, CancellationToken cancellationToken)
    {
        var at = IPEndPoint.Parse(parse.GetValue(listen)!);
        try
        {
            await new StatusServer(observe, at).RunAsync(url => Console.Error.WriteLine($"status: {url}"), cancellationToken);
            return ExitCode.Holds;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"status: listening on {at}: {e.Message}; choose another place with --listen ADDRESS:PORT");
            return ExitCode.DoesNotHold;
        }
    }

    /// <summary>From outside, by the files that the roles write.</summary>
    private static Task<StatusView> FromOutsideAsync(Places places)
    {
        var status = new StatusObserver(places).Observe();
        var roles = status.Processes.Select(process => new RoleView(process.Name, process.Running ? null : "does not run; see `culvert logs`"));
        return Task.FromResult(new StatusView(places.Name, DateTimeOffset.UtcNow, status.Namespace, status.Tunnel, [.. roles]) { Calls = status.Calls });
    }

    /// <summary>From inside the namespace, by asking each role for what it does.</summary>
    private static async Task<StatusView> FromInsideAsync(string name, RunDirectory run, CancellationToken cancellationToken)
    {
        var health = new RoleHealth(run);
        var tunnel = await TunnelAsync(cancellationToken);
        List<RoleView> roles = [new(Role.Hold.Name, await health.ProblemAsync(Role.Hold, cancellationToken))];
        foreach (var role in Asked)
        {
            roles.Add(new(role.Name, role == Role.Tunnel ? RoleHealth.ProblemOf(tunnel) : await health.ProblemAsync(role, cancellationToken)));
        }

        return new StatusView(name, DateTimeOffset.UtcNow, ReportFile.ReadNamespace(run.NamespaceReport), tunnel, roles) { Calls = await CallsAsync(cancellationToken) };
    }

    private static async Task<CallsReport?> CallsAsync(CancellationToken cancellationToken) =>
        await LocalAnswer.AskAsync(ProxyCommand.Told, [Role.Proxy.Uid], cancellationToken) is { } json
            ? JsonSerializer.Deserialize(json, ControlJson.Default.CallsReport)
            : null;

    private static async Task<TunnelReport?> TunnelAsync(CancellationToken cancellationToken) =>
        await LocalAnswer.AskAsync(TunnelCommand.Told, [0, Role.Tunnel.Uid], cancellationToken) is { } json
            ? JsonSerializer.Deserialize(json, ReportJson.Default.TunnelReport)
            : null;
}
