using Culvert.Bench;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: bench/run CULVERT [--quick] [--before OTHER_CULVERT] [--rounds N] [--rows PATTERN] [--targets a,b] [--table FILE]");
    return 2;
}

var quick = args.Contains("--quick");
var rounds = int.Parse(Value("--rounds") ?? (quick ? "3" : "5"));
var folder = Directory.CreateTempSubdirectory("culvert-bench");
try
{
    var chosen = Value("--targets")?.Split(',');
    var targets = Targets.All(folder.FullName, args[0], Value("--before")).Where(target => chosen?.Contains(target.Name) ?? true).ToList();
    var rows = Rows.Of(quick).Where(row => row.Name.Contains(Value("--rows") ?? "", StringComparison.Ordinal)).ToList();
    var campaign = new Campaign(targets, rows, rounds);
    campaign.Run();

    var report = new Report(campaign, targets, rounds);
    report.WriteRaw("bench/results");
    Console.Write(report.Table());
    if (Value("--table") is { } path)
    {
        BenchmarkPage.Write(path, report.Table(), rounds);
    }

    return campaign.Failed.Any(failed => failed.Target == "culvert") ? 1 : 0;
}
finally
{
    folder.Delete(recursive: true);
}

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
