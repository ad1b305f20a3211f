using Culvert.Stack.Keys;
using Culvert.Stack.Reading;
using Culvert.Stack.Yaml;

namespace Culvert.Stack;

/// <summary>culvert.yaml → <see cref="StackDefinition"/>, or every problem at once. Whatever the file holds, nothing is thrown.</summary>
internal static class StackLoader
{
    /// <summary>Loads on the host: secret files must exist and be readable by nobody else.</summary>
    public static StackLoad Load(string path) => Load(path, HostSecretsBeside);

    /// <summary>
    /// Loads inside a role: a secret's path becomes <c>SECRETS/KEY</c> (<see cref="RunDirectory.SecretsOf"/>) and is
    /// not looked at, because a role is handed only those that it needs.
    /// </summary>
    public static StackLoad LoadForRole(string path, string secretsDirectory) => Load(path, _ => new RoleSecrets(secretsDirectory));

    /// <summary>Reads text that is already there, as <see cref="Load(string)"/> would; paths in it begin at <paramref name="path"/>'s folder.</summary>
    public static StackLoad Parse(string path, string text)
    {
        var findings = new Findings(path);
        return Parse(text, findings, HostSecretsBeside(path));
    }

    private static StackLoad Load(string path, Func<string, SecretPlaces> secretsOf)
    {
        var findings = new Findings(path);
        return ConfigurationText.Read(path, findings) is { } text
            ? Parse(text, findings, secretsOf(path))
            : new StackLoad(null, findings.ToList());
    }

    private static StackLoad Parse(string text, Findings findings, SecretPlaces secrets)
    {
        var root = YamlText.Parse(text, findings) ?? new MapNode(new Position(1, 1), []);
        var read = StackKeys.Root.TryRead(root, new Place("", findings, secrets), out var stack);
        return read && !findings.Any ? new StackLoad(stack, []) : new StackLoad(null, findings.ToList());
    }

    private static HostSecrets HostSecretsBeside(string path) => new(Path.GetDirectoryName(Path.GetFullPath(path))!);
}
