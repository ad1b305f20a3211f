using System.CommandLine;
using Culvert.Lab.Commands;

var root = new RootCommand("A whole internet on one machine, to prove Culvert in.")
{
    RunCommand.Create(),
    UpCommand.Create(),

    // The lab's own programs, started inside it.
    InitCommand.Create(),
    ProviderCommand.Create(),
    EavesdropperCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
