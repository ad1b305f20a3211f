using System.Security.Cryptography;
using System.Text;

namespace Culvert.Runtimes.Namespaces;

/// <summary>An address that stays when the interface is made anew: AdGuard may tie a login to it. Another machine has another one.</summary>
internal static class HardwareAddress
{
    private const string MachineIdentity = "/etc/machine-id";

    public static string Of(string networkNamespace) =>
        Of(File.Exists(MachineIdentity) ? File.ReadAllText(MachineIdentity) : "", networkNamespace);

    /// <summary>Locally administered and no group's: the first byte is 02.</summary>
    public static string Of(string machine, string networkNamespace) =>
        $"02:{string.Join(':', SHA256.HashData(Encoding.UTF8.GetBytes($"{machine}\n{networkNamespace}")).Take(5).Select(value => $"{value:x2}"))}";
}
