namespace Culvert.Tunnel;

/// <summary>One VPN client from start to end, which it tells as <see cref="TunnelEvent.OfClient"/>.</summary>
internal interface ITunnelClient
{
    /// <summary>Asks the client to end and kills it when the grace is over. Returns when its process is gone.</summary>
    public Task StopAsync(TimeSpan grace, TimeProvider time);
}

/// <summary>What every client is given: <see cref="Directory"/>, which only the role may enter, and somebody to tell what happens.</summary>
internal sealed record ClientSeat(RoleFiles Files, Action<TunnelEvent> Tell, TextWriter Output, TimeProvider Time)
{
    public string Directory => Files.ClientDirectory;

    /// <summary>Where the client's process is written down; see <see cref="Drivers.ClientRecord"/>.</summary>
    public string Record => $"{Directory}/client";

    public void WriteDown(int processId)
    {
        if (Drivers.ClientRecord.Write(Record, processId) is { } problem)
        {
            Output.WriteLine($"tunnel: {problem}");
        }
    }
}

/// <summary>How the role was started, for a client that is another stage of it.</summary>
internal sealed record RoleFiles(string Configuration, string Run, string ClientDirectory);
