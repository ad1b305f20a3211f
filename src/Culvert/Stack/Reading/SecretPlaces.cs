using Culvert.Stack.Keys;
using Culvert.Stack.Yaml;

namespace Culvert.Stack.Reading;

/// <summary>Where the files with secrets lie: beside culvert.yaml on the host, in a folder of its own inside a role.</summary>
internal abstract class SecretPlaces
{
    /// <summary>The file for the value at <paramref name="place"/>, whose path is its key. Null after a finding was added.</summary>
    public abstract SecretFile? Find(ScalarNode written, Place place, SecretContent content);
}

/// <summary>A role is handed only the secrets that it needs, each under its key, so none is looked at before it is used.</summary>
internal sealed class RoleSecrets(string directory) : SecretPlaces
{
    private readonly string directory = Path.GetFullPath(directory);

    public override SecretFile? Find(ScalarNode written, Place place, SecretContent content) =>
        new(place.Path, Path.Combine(directory, place.Path));
}
