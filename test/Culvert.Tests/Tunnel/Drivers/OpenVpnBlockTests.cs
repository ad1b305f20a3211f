using System.Diagnostics;
using Culvert.Tests.Stack;
using static Culvert.Tests.Tunnel.Drivers.OpenVpnProfileText;

namespace Culvert.Tests.Tunnel.Drivers;

/// <summary>Certificates and keys, inline or from files, as they come and as an attacker would have them.</summary>
public sealed class OpenVpnBlockTests
{
    [Fact]
    public void Text_around_the_armour_is_dropped()
    {
        var profile = Read(Usual + $"<cert>\nCertificate:\n    Data: up /bin/sh\n{Certificate}\n</cert>\n<key>\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{Key}\n</key>\n");
        Assert.DoesNotContain("/bin/sh", profile.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("PARAMETERS", profile.Body, StringComparison.Ordinal);
        Assert.Contains($"<cert>\n{Certificate}\n</cert>\n<key>\n{Key}\n</key>", profile.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<tls-auth>\nno armour\n</tls-auth>", "holds no OpenVPN Static key V1")]
    [InlineData("<tls-crypt>\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n</tls-crypt>", "where a OpenVPN Static key V1 belongs")]
    [InlineData("<tls-crypt>\n-----BEGIN OpenVPN Static key V1-----\nup /bin/sh\n-----END OpenVPN Static key V1-----\n</tls-crypt>", "not base64 or hex")]
    [InlineData("<tls-crypt>\n-----BEGIN OpenVPN Static key V1-----\nabcd\n</tls-crypt>", "has no end")]
    [InlineData("<key>\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n</key>", "is encrypted")]
    [InlineData("<key>\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nAA==\n-----END RSA PRIVATE KEY-----\n</key>", "is encrypted")]
    [InlineData("<pkcs12>\n!!!\n</pkcs12>", "not base64")]
    [InlineData("<peer-fingerprint>\n00:11\n</peer-fingerprint>", "SHA-256")]
    [InlineData("<crl-verify>\n-----BEGIN X509 CRL-----\nAA==\n", "no closing tag")]
    public void A_block_that_is_not_what_it_should_be_is_refused(string lines, string why) =>
        Assert.Contains(Problems(Usual + lines + "\n"), p => p.Contains(why, StringComparison.Ordinal) && p.StartsWith("exit.ovpn:", StringComparison.Ordinal));

    [Fact]
    public void A_line_longer_than_openvpn_reads_cannot_end_a_block_early()
    {
        // OpenVPN takes the 256th byte of a line for the start of another: here that would be the closing tag.
        var smuggled = new string('A', 255) + "</ca>";
        Assert.Contains("not base64", Assert.Single(Problems($"remote 203.0.113.11\n<ca>\n-----BEGIN CERTIFICATE-----\n{smuggled}\n-----END CERTIFICATE-----\n</ca>\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_block_twice_is_refused() =>
        Assert.Contains("given twice", Assert.Single(Problems(Usual + $"<ca>\n{Certificate}\n</ca>\n")), StringComparison.Ordinal);

    [Fact]
    public void No_message_repeats_what_may_be_a_key()
    {
        var text = Usual + $"<cert>\n{Key}\n{Certificate}\nrubbish\n-----BEGIN CERTIFICATE-----\nc2VjcmV0 LWtleS1jYW5hcnk\n</cert>\nc2VjcmV0LWtleS1jYW5hcnk=\nmanagement-c2VjcmV0LWtleS1jYW5hcnk\n\u001b[31mc2VjcmV0LWtleS1jYW5hcnk\n";
        var problems = Problems(text);
        Assert.NotEmpty(problems);
        Assert.All(problems, p =>
        {
            Assert.DoesNotContain("c2VjcmV0", p, StringComparison.Ordinal);
            Assert.DoesNotContain(p, char.IsControl);
        });
    }

    [Fact]
    public void A_profile_prints_no_key() =>
        Assert.DoesNotContain("c2VjcmV0", $"{Read(Usual + $"<cert>\n{Certificate}\n</cert>\n<key>\n{Key}\n</key>\n")}", StringComparison.Ordinal);

    [Fact]
    public void Separate_files_are_taken_in_beside_the_profile()
    {
        using var folder = new TemporaryFolder();
        folder.Write("certs/ca.pem", Certificate + "\n");
        folder.Write("client.key", Key);
        folder.Write("client.pem", Certificate);
        folder.Write("ta.key", "-----BEGIN OpenVPN Static key V1-----\n0123456789abcdef\n-----END OpenVPN Static key V1-----\n");
        var profile = Read("remote 203.0.113.11\nca certs/ca.pem\ncert client.pem\nkey client.key\ntls-auth ta.key 1\n", folder);
        Assert.Contains("key-direction \"1\"\n", profile.Body, StringComparison.Ordinal);
        Assert.Contains($"<ca>\n{Certificate}\n</ca>", profile.Body, StringComparison.Ordinal);
        Assert.Contains($"<key>\n{Key}\n</key>", profile.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Path, profile.SelfContained, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("client.key", Key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Problem("key client.key", folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.pem", "no such file")]
    [InlineData("/dev/zero", "not an ordinary file")]
    [InlineData("/", "not an ordinary file")]
    [InlineData("/etc/hostname", "holds no CERTIFICATE")]
    public void A_file_that_is_not_what_it_should_be_is_refused_without_its_content(string file, string why)
    {
        using var folder = new TemporaryFolder();
        var problem = Problem($"extra-certs {file}", folder);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.MachineName, problem[problem.IndexOf("extra-certs", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        using var folder = new TemporaryFolder();
        using (var made = Process.Start("mkfifo", [folder.PathOf("pipe")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var reading = Task.Run(() => Problem("extra-certs pipe", folder), TestContext.Current.CancellationToken);
        Assert.Contains("not an ordinary file", await reading.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
