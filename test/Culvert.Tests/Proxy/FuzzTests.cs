using Culvert.Fuzz;

namespace Culvert.Tests.Proxy;

/// <summary>A short run of every fuzz target; the long ones are test/Culvert.Fuzz by hand.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 5_000;

    public static TheoryData<string> Names => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_parser_and_its_oracle_agree(string name)
    {
        var seed = Environment.TickCount;
        var target = FuzzTarget.All.Single(one => one.Name == name);
        var (finding, tried) = FuzzRun.Run(target, seed, tried => tried < Inputs);
        Assert.True(finding is null, $"seed {seed}, input {Convert.ToHexString(finding?.Input ?? [])}: {finding?.Failure}");
        Assert.Equal(Inputs, tried);
    }

    [Fact]
    public void A_disagreement_is_found_and_shown()
    {
        var target = FuzzTarget.All[0] with
        {
            Check = input =>
            {
                if (input.Contains((byte)0xFF))
                {
                    throw new DisagreementException("0xFF");
                }
            },
        };
        var (finding, _) = FuzzRun.Run(target, seed: 1, tried => tried < 1_000_000);
        Assert.NotNull(finding);
        Assert.Contains((byte)0xFF, finding.Input);
    }
}
