using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Culvert.Linux;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Tests.Linux;

/// <summary>
/// A network namespace for one test. It has no name and lives as long as one child of this process, so it is gone after
/// the test, however that ends.
/// </summary>
internal sealed partial class TestNamespace : IAsyncDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly ThrowawayNamespace place;

    private TestNamespace(ThrowawayNamespace place) => this.place = place;

    public Standpoint Standpoint => place.Standpoint;

    public int HolderId => place.HolderId;

    /// <summary>Skips the test where namespaces cannot be made. Loopback is up.</summary>
    public static async Task<TestNamespace> CreateAsync(params string[] programs)
    {
        Requires.Root(["ip", "nsenter", "unshare", .. programs]);
        var space = new TestNamespace(await ThrowawayNamespace.CreateAsync("a test", TestContext.Current.CancellationToken));
        await space.IpAsync("link set lo up");
        return space;
    }

    /// <summary>Runs a program inside and returns its output; it must end with 0.</summary>
    public Task<string> RunAsync(string program, params string[] arguments) =>
        Standpoint.RequireAsync(program, arguments, TestContext.Current.CancellationToken);

    /// <summary>Lines as <c>ip -batch</c> takes them: words after <c>ip</c>.</summary>
    public Task IpAsync(params string[] lines) => Standpoint.RequireAsync(
        "ip", ["-batch", "-"], TestContext.Current.CancellationToken, string.Join('\n', lines) + "\n");

    /// <summary>One end here, the other in another namespace, both up and letting frames through.</summary>
    public async Task ConnectAsync(string name, string address, TestNamespace other, string otherName, string otherAddress)
    {
        await IpAsync($"link add {name} type veth peer name {otherName} netns {other.HolderId}", $"address add {address} dev {name}", $"link set {name} up");
        await other.IpAsync($"address add {otherAddress} dev {otherName}", $"link set {otherName} up");
        await WaitUntilRunningAsync(name);
    }

    public Task WaitUntilRunningAsync(string name) =>
        new IpRoute(Standpoint).WaitUntilRunningAsync(name, TestContext.Current.CancellationToken);

    /// <summary>
    /// Does something on a thread that stands inside. It must not await or use the pool: a thread of the pool that is
    /// born on this one would stay inside for good.
    /// </summary>
    public T Inside<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var space = File.OpenHandle($"/proc/{HolderId}/ns/net");
                Assert.True(SetNamespace(space, NewNetwork) == 0, Marshal.GetLastPInvokeErrorMessage());
                result = action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);
}
