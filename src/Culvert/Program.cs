using System.CommandLine;
using Culvert.Commands;

var root = new RootCommand("Every LLM call leaves through the VPN, or not at all, and you can prove it.")
{
    // On the host.
    InitCommand.Create(),
    UpCommand.Create(),
    DownCommand.Create(),
    StatusCommand.Create(),
    VerifyCommand.Create(),
    RunCommand.Create(),
    EnvCommand.Create(),
    RenderCommand.Create(),

    // Inside the namespace, one process a role.
    HoldCommand.Create(),
    TunnelCommand.Create(),
    ResolverCommand.Create(),
    ProxyCommand.Create(),

    // Called by the commands above, hidden from help.
    SuperviseCommand.Create(),
    EnterCommand.Create(),
    ProbeCommand.Create(),
};

// SIGTERM and SIGINT cancel a command's token; a role may need longer than the default 2 s to let connections finish.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
