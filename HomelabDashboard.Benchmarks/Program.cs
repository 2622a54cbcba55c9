using HomelabDashboard.Benchmarks;

var what = args.FirstOrDefault() ?? "all";
if (what is "start" or "all")
{
    await StartBenchmark.RunAsync();
}

if (what is "terminal" or "all")
{
    await TerminalBenchmark.RunAsync();
}

if (what is "terminal" or "browser" or "all")
{
    await BrowserTerminalBenchmark.RunAsync();
}
