using System.Collections.Immutable;
using Culvert.Stack;

namespace Culvert.Runtimes.Namespaces;

/// <summary>All that the plan depends on, read beforehand.</summary>
internal sealed record PlanInput(
    StackDefinition Stack,
    string ConfigurationText,
    ImmutableArray<RoleSecret> Secrets,
    HostFacts Host);

/// <summary>A secret that one role is handed; <see cref="Key"/> is <see cref="SecretFile.Key"/>.</summary>
internal sealed record RoleSecret(Role Role, string Key, Secret Value);

/// <summary>What the plan needs to know of the machine. Texts are empty where the machine has no such file.</summary>
internal sealed record HostFacts(
    string HostName,
    string NameServiceSwitch,
    bool HasNamespaceDirectory,
    bool HasNetnsFilesRoot,
    string Program);
