namespace Culvert.Tests.Guard;

/// <summary>What the rules mean to a real kernel: each try is first made without the guard, where it must be seen leaving.</summary>
public sealed class GuardedNamespaceTests
{
    private const string Carrier = "203.0.113.7";

    private static readonly Try[] Tries =
    [
        new(970, "tcp", Carrier, 443, Leaves: true),
        new(1000, "tcp", Carrier, 443),
        new(0, "tcp", Carrier, 443),
        new(970, "tcp", Carrier, 444),
        new(970, "udp", Carrier, 443),
        new(970, "tcp", "203.0.113.8", 443),
        new(0, "udp", "8.8.8.8", 53),
        new(0, "udp", "172.30.97.2", 53),
        new(1053, "tcp", "94.140.14.14", 853),
        new(0, "udp", "2001:db8::1", 53),
    ];

    [Fact]
    public async Task Only_the_carrier_leaves()
    {
        await using var space = await GuardedNamespace.CreateAsync();
        foreach (var one in Tries)
        {
            Assert.True(await LeavesAsync(space, one), $"without the guard {one} is not seen leaving");
        }

        await space.GuardAsync();
        foreach (var one in Tries)
        {
            Assert.True(one.Leaves == await LeavesAsync(space, one), $"behind the guard: {one}");
        }
    }

    private static async Task<bool> LeavesAsync(GuardedNamespace space, Try one)
    {
        var before = await space.LeftAsync();
        await space.TryAsync(one.Uid, one.Protocol, one.Address, one.Port);
        return await space.LeftAsync() > before;
    }

    private sealed record Try(int Uid, string Protocol, string Address, int Port, bool Leaves = false);
}
