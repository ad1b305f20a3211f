using System.Runtime.InteropServices;
using Culvert.Lab.Sandboxing;

namespace Culvert.Lab.Topology;

/// <summary>Files of the repository that are run in the lab as they are.</summary>
public static class RepositoryFiles
{
    private static readonly string Root = FindRoot();

    public const string Python = "/usr/bin/python3";

    /// <summary>A client of <c>lab/clients</c>.</summary>
    public static string Client(string file) => Path.Combine(Root, "lab", "clients", file);

    /// <summary>A probe of <c>lab/probes</c>.</summary>
    public static string Probe(string file) => Path.Combine(Root, "lab", "probes", file);

    /// <summary>The folder of the double of adguardvpn-cli, for a PATH.</summary>
    public static string AdGuardFolder => Path.Combine(Root, "lab", "adguard");

    /// <summary>The client built from <c>lab/OpenAiClient</c>.</summary>
    public static string OpenAiClient => Path.Combine(Root, "artifacts", "bin", "OpenAiClient", "debug", "OpenAiClient.dll");

    /// <summary>The extension for VS Code that calls a provider in every way.</summary>
    public static string Extension => Path.Combine(Root, "lab", "extension");

    /// <summary>A package of npm that the clients have.</summary>
    public static string NodePackage(string name) => Path.Combine(Root, "lab", "clients", "node_modules", name);

    /// <summary>Where tests leave what a person would see.</summary>
    public static string Screenshots => Path.Combine(Root, "artifacts", "screenshots");

    /// <summary>Wrong culvert.yaml files that the unit tests keep.</summary>
    public static IReadOnlyList<string> WrongConfigurations => Directory.GetFiles(Path.Combine(Root, "test", "Culvert.Tests", "Stack", "wrong"), "*.yaml");

    /// <summary>The binary that <c>make publish</c> leaves.</summary>
    public static string Culvert
    {
        get
        {
            var platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
            var path = Path.Combine(Root, "artifacts", "publish", "Culvert", $"release_{platform}", "culvert");
            return File.Exists(path) ? path : throw new LabException($"looking for the published program: {path} is not there; run `make publish`");
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new LabException($"looking for the repository above {AppContext.BaseDirectory}: no folder holds Culvert.slnx; run the lab from its own build");
    }
}
