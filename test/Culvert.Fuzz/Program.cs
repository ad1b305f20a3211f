using System.Diagnostics;
using Culvert.Fuzz;
using SharpFuzz;

// Culvert.Fuzz [TARGET] [SECONDS] [SEED], or, started by AFL++ (test/Culvert.Fuzz/afl), Culvert.Fuzz --afl TARGET
if (args is ["--afl", var name])
{
    var wanted = FuzzTarget.All.Single(target => target.Name == name);
    using var standardInput = Console.OpenStandardInput();
    Fuzzer.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        if (input.Length == 0)
        {
            // SharpFuzz reads the first input before it says that it is ready for it. On a busy machine AFL++ has not written it yet:
            // it would run on nothing, reach no parser, and be "No instrumentation detected". No later input is empty.
            standardInput.CopyTo(input);
        }

        wanted.Check(input.ToArray());
    });
    return 0;
}

var chosen = FuzzTarget.All.Where(target => args.Length == 0 || args[0] == target.Name).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"there is no target {args[0]}; there are: {string.Join(", ", FuzzTarget.All.Select(target => target.Name))}");
    return 2;
}

var time = TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1]) : 60);
var seed = args.Length > 2 ? int.Parse(args[2]) : Environment.TickCount;
var failed = false;
foreach (var target in chosen)
{
    var clock = Stopwatch.StartNew();
    var (finding, tried) = FuzzRun.Run(target, seed, _ => clock.Elapsed < time);
    Console.WriteLine($"{target.Name}: {tried} inputs, seed {seed}: {(finding is null ? "no finding" : finding.Failure)}");
    if (finding is not null)
    {
        failed = true;
        Console.WriteLine($"input: {Convert.ToHexString(finding.Input)}");
    }
}

return failed ? 1 : 0;
