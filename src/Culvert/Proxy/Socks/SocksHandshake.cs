using Culvert.Proxy.Users;

namespace Culvert.Proxy.Socks;

/// <summary>
/// From the first byte to a destination (RFC 1928 sections 3 and 4, RFC 1929). Bytes behind the request stay buffered:
/// a client may send ahead.
/// </summary>
internal sealed class SocksHandshake(Gate gate)
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserAndPassword = 2;
    private const byte NoAcceptableMethod = 0xFF;
    private const byte PasswordVersion = 1;

    public async ValueTask<Outcome<SocksRequest>> RunAsync(Wire client, CancellationToken cancellationToken)
    {
        var admitted = await ChooseMethodAsync(client, cancellationToken);
        if (!admitted.Is(out var guest, out var refused))
        {
            return refused;
        }

        // VER CMD RSV ATYP and the first byte of the address, which is the length of a name.
        const int fixedPart = 5;
        if (!await client.EnsureAsync(fixedPart, cancellationToken))
        {
            return ProxyFailure.ClientGone;
        }

        if (client.Buffered.Span[0] != Version)
        {
            return ProxyFailure.BadRequest;
        }

        if (SocksAddress.LengthOf(client.Buffered.Span[3], client.Buffered.Span[4]) is not { } length)
        {
            return ProxyFailure.AddressTypeNotSupported;
        }

        return await client.EnsureAsync(4 + length, cancellationToken)
            ? ReadRequest(client, 4 + length, guest.User)
            : ProxyFailure.ClientGone;
    }

    private static SocksRequest ReadRequest(Wire client, int length, string? user)
    {
        var request = client.Buffered.Span[..length];
        var read = new SocksRequest(request[1], SocksAddress.Read(request[3], request[4..]), user);
        client.Consume(length);
        return read;
    }

    // VER NMETHODS METHODS…  →  VER METHOD
    private async ValueTask<Outcome<Guest>> ChooseMethodAsync(Wire client, CancellationToken cancellationToken)
    {
        if (!await client.EnsureAsync(2, cancellationToken) || !await client.EnsureAsync(2 + client.Buffered.Span[1], cancellationToken))
        {
            return ProxyFailure.ClientGone;
        }

        var length = 2 + client.Buffered.Span[1];
        var method = Choose(client.Buffered.Span[2..length]);
        client.Consume(length);
        if (!await client.SendAsync(new byte[] { Version, method }, cancellationToken))
        {
            return ProxyFailure.ClientGone;
        }

        return method switch
        {
            NoAcceptableMethod => ProxyFailure.AuthenticationRequired,
            UserAndPassword => await CheckPasswordAsync(client, cancellationToken),
            _ => default(Guest),
        };
    }

    // Without users a client that insists on sending a password is welcome too.
    private byte Choose(ReadOnlySpan<byte> offered)
    {
        if (gate.IsOpen && offered.Contains(NoAuthentication))
        {
            return NoAuthentication;
        }

        return offered.Contains(UserAndPassword) ? UserAndPassword : NoAcceptableMethod;
    }

    // VER ULEN UNAME PLEN PASSWD  →  VER STATUS
    private async ValueTask<Outcome<Guest>> CheckPasswordAsync(Wire client, CancellationToken cancellationToken)
    {
        if (!await client.EnsureAsync(2, cancellationToken) || !await client.EnsureAsync(3 + client.Buffered.Span[1], cancellationToken))
        {
            return ProxyFailure.ClientGone;
        }

        var name = client.Buffered.Span[1];
        if (!await client.EnsureAsync(3 + name + client.Buffered.Span[2 + name], cancellationToken))
        {
            return ProxyFailure.ClientGone;
        }

        var refused = CheckPassword(client, name, out var user);
        var status = (byte)(refused is null ? 0 : 1);
        return !await client.SendAsync(new byte[] { PasswordVersion, status }, cancellationToken) ? ProxyFailure.ClientGone
            : refused is { } failure ? failure
            : new Guest(user);
    }

    private ProxyFailure? CheckPassword(Wire client, int name, out string? user)
    {
        user = null;
        var message = client.Buffered.Span;
        var password = message[2 + name];
        var refused = message[0] != PasswordVersion ? ProxyFailure.BadRequest
            : gate.IsOpen ? (ProxyFailure?)null
            : gate.Check(client.Client, message.Slice(2, name), message.Slice(3 + name, password), out user);
        client.Consume(3 + name + password);
        return refused;
    }

    // Whoever was let in; without users, nobody in particular.
    private readonly record struct Guest(string? User);
}
