using HomelabDashboard.Benchmarks;

await TerminalBenchmark.RunAsync();
