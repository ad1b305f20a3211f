namespace Culvert.Stack;

/// <summary>culvert.yaml → <see cref="StackDefinition"/>, or every problem at once.</summary>
internal static class StackLoader
{
    /// <summary>Loads on the host: secret files must exist and be readable by nobody else.</summary>
    public static StackLoad Load(string path) => throw new NotImplementedException();

    /// <summary>
    /// Loads inside a role: a secret's path becomes <c>SECRETS/KEY</c> (<see cref="RunDirectory.SecretsOf"/>) and is
    /// not looked at, because a role is handed only those that it needs.
    /// </summary>
    public static StackLoad LoadForRole(string path, string secretsDirectory) => throw new NotImplementedException();
}
