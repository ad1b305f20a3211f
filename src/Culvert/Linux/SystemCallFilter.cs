using System.Runtime.InteropServices;

namespace Culvert.Linux;

internal enum SystemCall
{
    Ioctl,
    NewFStatAt,
    INotifyAddWatch,
}

/// <summary>Calls of one kind; with an <see cref="Argument"/> (0 to 5) only those whose lower 32 bits of it are <see cref="Value"/>.</summary>
internal readonly record struct SystemCallPattern(SystemCall Call, int? Argument = null, uint Value = 0);

/// <summary>A seccomp filter that answers some system calls of a program with "done" without doing them; all others are as ever.</summary>
internal static partial class SystemCallFilter
{
    // Classic BPF over struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6] (linux/seccomp.h).
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;
    private const uint Allow = 0x7fff0000;

    // An errno of 0 is a result of 0.
    private const uint Errno0 = 0x00050000;

    private const int PrSetNoNewPrivs = 38;
    private const int PrSetSeccomp = 22;
    private const nuint SeccompModeFilter = 2;

    /// <summary>For the calling thread and the program that it becomes; sets no_new_privs. Throws <see cref="LibcFailedException"/>.</summary>
    public static unsafe void AnswerDone(params ReadOnlySpan<SystemCallPattern> patterns)
    {
        var program = Program(RuntimeInformation.ProcessArchitecture, patterns);
        fixed (Instruction* instructions = program)
        {
            var header = new Header { Length = (ushort)program.Length, Instructions = instructions };
            if (prctl(PrSetNoNewPrivs, 1, 0, 0, 0) < 0 || prctl(PrSetSeccomp, SeccompModeFilter, (nuint)(&header), 0, 0) < 0)
            {
                throw new LibcFailedException("prctl(PR_SET_SECCOMP)");
            }
        }
    }

    /// <summary>Of a program built for another architecture every call is as ever: its numbers mean other calls.</summary>
    internal static Instruction[] Program(Architecture architecture, ReadOnlySpan<SystemCallPattern> patterns)
    {
        List<Instruction> program =
        [
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 1, 0, AuditNumber(architecture)),
            new(Return, 0, 0, Allow),
        ];
        foreach (var pattern in patterns)
        {
            // Each pattern is a block that falls through to the next one when it does not match.
            program.Add(new(LoadWord, 0, 0, NumberOffset));
            program.Add(new(JumpIfEqual, 0, (byte)(pattern.Argument is null ? 1 : 3), Number(architecture, pattern.Call)));
            if (pattern.Argument is { } argument)
            {
                program.Add(new(LoadWord, 0, 0, ArgumentsOffset + (8 * (uint)argument)));
                program.Add(new(JumpIfEqual, 0, 1, pattern.Value));
            }

            program.Add(new(Return, 0, 0, Errno0));
        }

        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }

    private static uint AuditNumber(Architecture architecture) => architecture switch
    {
        Architecture.X64 => 0xC000003E,
        Architecture.Arm64 => 0xC00000B7,
        _ => throw new PlatformNotSupportedException($"the numbers of system calls on {architecture} are not known here"),
    };

    private static uint Number(Architecture architecture, SystemCall call) => (architecture, call) switch
    {
        (Architecture.X64, SystemCall.Ioctl) => 16,
        (Architecture.X64, SystemCall.NewFStatAt) => 262,
        (Architecture.X64, SystemCall.INotifyAddWatch) => 254,
        (Architecture.Arm64, SystemCall.Ioctl) => 29,
        (Architecture.Arm64, SystemCall.NewFStatAt) => 79,
        (Architecture.Arm64, SystemCall.INotifyAddWatch) => 27,
        _ => throw new PlatformNotSupportedException($"the number of {call} on {architecture} is not known here"),
    };

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value);

    // struct sock_fprog: the pointer is aligned by the layout itself.
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Header
    {
        public ushort Length;
        public Instruction* Instructions;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
