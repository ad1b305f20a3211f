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

var parsed = root.Parse(args);

// A list of commands has a line for each; what follows it, examples above all, belongs to the command's own help.
foreach (var command in parsed.CommandResult.Command.Subcommands)
{
    command.Description = command.Description?.Split('\n')[0];
}

var exitCode = await parsed.InvokeAsync();

// The parser ends with 1 after a wrong argument; here 1 means that something does not hold.
return parsed.Errors.Count > 0 ? ExitCode.WrongUse : exitCode;
