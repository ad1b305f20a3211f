using CsCheck;
using Culvert.Linux;

namespace Culvert.Tests.Linux;

/// <summary>The filter's program, run by an interpreter of the four instructions that it uses, beside the plain meaning of its patterns.</summary>
public sealed class SystemCallFilterTests
{
    private const uint Allow = 0x7fff0000;
    private const uint Done = 0x00050000;
    private const uint X64 = 0xC000003E;

    private static readonly SystemCallPattern[] Patterns =
    [
        new(SystemCall.Ioctl, Argument: 1, 0x8922), new(SystemCall.NewFStatAt, Argument: 3, 0x100), new(SystemCall.INotifyAddWatch),
    ];

    [Theory]
    [InlineData(16, 0x8922, 0, Done)]
    [InlineData(16, 0x8921, 0, Allow)]
    [InlineData(262, 0, 0x100, Done)]
    [InlineData(262, 0x8922, 0, Allow)]
    [InlineData(254, 0, 0, Done)]
    [InlineData(1, 0x8922, 0x100, Allow)]
    public void Only_the_calls_that_are_named_are_answered(uint call, uint second, uint fourth, uint answer) =>
        Assert.Equal(answer, Run(X64, call, second, fourth));

    [Fact]
    public void Of_another_architecture_every_call_is_allowed() => Assert.Equal(Allow, Run(0x40000003, 254, 0, 0));

    [Fact]
    public void It_agrees_with_the_plain_meaning_for_any_call() => Gen.Select(
        Gen.OneOf(16u, 262u, 254u, 0u, 59u), Gen.OneOf(0x8922u, 0x100u, 0u), Gen.OneOf(0x8922u, 0x100u, 0u)).Sample((call, second, fourth) =>
        Run(X64, call, second, fourth) == (call == 254 || (call == 16 && second == 0x8922) || (call == 262 && fourth == 0x100) ? Done : Allow));

    private static uint Run(uint architecture, uint call, uint second, uint fourth)
    {
        var program = SystemCallFilter.Program(System.Runtime.InteropServices.Architecture.X64, Patterns);
        var accumulator = 0u;
        for (var i = 0; ; i++)
        {
            switch (program[i].Code)
            {
                case 0x20:
                    accumulator = program[i].Value switch { 0 => call, 4 => architecture, 24 => second, 40 => fourth, _ => throw new InvalidOperationException("another word is read") };
                    break;
                case 0x15:
                    i += accumulator == program[i].Value ? program[i].JumpTrue : program[i].JumpFalse;
                    break;
                default:
                    return program[i].Value;
            }
        }
    }
}
