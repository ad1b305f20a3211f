using System.Net;

namespace Culvert.Proxy;

/// <summary>Who asks: the address of an application, and the user whose password it gave, if any.</summary>
internal readonly record struct Caller(IPAddress Address, string? User)
{
    /// <summary>The application as it is counted: a user wherever it calls from, else an address.</summary>
    public Caller Application => User is null ? this : new Caller(IPAddress.None, User);

    public override string ToString() => User ?? Address.ToString();
}
