using Culvert.Linux;

namespace Culvert.Tests.Linux;

/// <summary>What a test needs of the machine. A test that misses it is reported as skipped, which is a failure in CI.</summary>
internal static class Requires
{
    public static void Root(params string[] programs)
    {
        Assert.SkipUnless(UserIdentity.EffectiveUid() == 0, "needs root: it makes network namespaces");
        Programs(programs);
    }

    public static void Programs(params string[] programs)
    {
        foreach (var program in programs)
        {
            Assert.SkipUnless(Exec.Find(program) is not null, $"needs the program {program}");
        }
    }
}
