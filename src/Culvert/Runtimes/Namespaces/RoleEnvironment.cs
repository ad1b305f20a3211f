using Culvert.Linux;

namespace Culvert.Runtimes.Namespaces;

/// <summary>The environment of a supervised process: nothing of whoever ran <c>up</c> but where programs and certificates are.</summary>
internal static class RoleEnvironment
{
    /// <summary>The run directory. It also tells which stack a process belongs to.</summary>
    public const string RunVariable = "CULVERT_RUN";

    /// <summary>The unit as which a process was started; its children inherit it.</summary>
    public const string UnitVariable = "CULVERT_UNIT";

    // DOTNET_ROOT: where a build that is not self-contained finds its runtime.
    private static readonly string[] Kept = ["SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT"];

    public static IReadOnlyDictionary<string, string> Of(Func<string, string?> caller, string run, string unit)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = Programs.SearchPath(caller("PATH")),
            ["HOME"] = "/nonexistent",
            [RunVariable] = run,
            [UnitVariable] = unit,
        };
        foreach (var name in Kept)
        {
            if (caller(name) is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        return environment;
    }

    /// <summary>Whether a process with this environment (as in /proc/PID/environ) has the variable set so.</summary>
    public static bool Has(string environ, string name, string value) => environ.Split('\0').Contains($"{name}={value}");
}
