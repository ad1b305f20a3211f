using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Tests.Resolver;

/// <summary>A DNS-over-TLS server that gives every name one address. Its listener may stand in another namespace.</summary>
internal sealed class DotServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly X509Certificate2 certificate;
    private readonly IPAddress answer;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public DotServer(Socket listener, X509Certificate2 certificate, IPAddress answer)
    {
        (this.listener, this.certificate, this.answer) = (listener, certificate, answer);
        serving = ServeAsync();
    }

    /// <summary>The names that were asked for, lower case.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static (string AuthorityPem, X509Certificate2 Server) MakeCertificate(string name)
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Test Authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = authority.CreateSelfSigned(from, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(issuer, from, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = server.CopyWithPrivateKey(key);
        return (issuer.ExportCertificatePem(), X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        certificate.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptAsync(stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
            var length = new byte[2];
            while (true)
            {
                await tls.ReadExactlyAsync(length, stop.Token);
                var question = new byte[(length[0] << 8) + length[1]];
                await tls.ReadExactlyAsync(question, stop.Token);
                var reply = ReplyTo(question);
                await tls.WriteAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The resolver closed, did not trust the certificate, or the test is over.
        }
    }

    // The header and the question come back as they were; an A record points at the question's name.
    private byte[] ReplyTo(byte[] question)
    {
        var end = 12;
        var name = new StringBuilder();
        while (question[end] != 0)
        {
            name.Append(Encoding.ASCII.GetString(question, end + 1, question[end])).Append('.');
            end += question[end] + 1;
        }

        Asked.Enqueue(name.ToString().TrimEnd('.').ToLowerInvariant());
        byte[] answers = question[end + 2] == 1 ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. answer.GetAddressBytes()] : [];
        return [question[0], question[1], 0x81, 0x80, 0, 1, 0, (byte)(answers.Length > 0 ? 1 : 0), 0, 0, 0, 0, .. question[12..(end + 5)], .. answers];
    }
}
