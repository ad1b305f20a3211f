using System.Diagnostics;

namespace Culvert.Lab.Sandboxing;

/// <summary>The environment of commands in the lab: none of the outer machine's proxies or certificate bundles reach them.</summary>
internal static class CommandEnvironment
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly string[] Kept = ["DOTNET_ROOT", "TERM"];

    public static void Apply(ProcessStartInfo start, IReadOnlyDictionary<string, string>? extra)
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        var kept = Kept.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.value is not null).ToList();
        start.Environment.Clear();
        start.Environment["PATH"] = path is null ? SystemPath : $"{SystemPath}:{path}";
        start.Environment["HOME"] = "/root";
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in kept)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in extra ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
    }
}
