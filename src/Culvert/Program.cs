using System.CommandLine;
using Culvert.Commands;
using Culvert.Linux;

var root = new RootCommand("""
    Every LLM call leaves through the VPN, or not at all, and you can prove it.

    A first run:
      culvert init --driver openvpn --location exit.ovpn
      sudo culvert up
      sudo culvert run -- curl https://api.ipify.org
      sudo culvert verify
      sudo culvert down
    """)
{
    // On the host.
    InitCommand.Create(),
    LoginCommand.Create(),
    UpCommand.Create(),
    DownCommand.Create(),
    StatusCommand.Create(),
    LogsCommand.Create(),
    RestartCommand.Create(),
    VerifyCommand.Create(),
    RunCommand.Create(),
    EnvCommand.Create(),
    RenderCommand.Create(),
    CompletionCommand.Create(),

    // Inside the namespace, one process a role.
    HoldCommand.Create(),
    TunnelCommand.Create(),
    ResolverCommand.Create(),
    ProxyCommand.Create(),
    HealthCommand.Create(),
    ControlCommand.Create(),

    // Called by the commands above, hidden from help.
    SuperviseCommand.Create(),
    EnterCommand.Create(),
    PowerlessCommand.Create(),
    ProbeCommand.Create(),
};

LogOutput.TolerateErrors();
BriefHelp.Install(root);
var parsed = root.Parse(args);

// Long enough for the proxy's drain; the parser would end every role 2 s after SIGTERM.
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });

// The parser ends with 1 after a wrong argument; here 1 means that something does not hold.
return parsed.Errors.Count > 0 ? ExitCode.WrongUse : exitCode;
