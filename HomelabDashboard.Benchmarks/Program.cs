using HomelabDashboard.Benchmarks;

await StartBenchmark.RunAsync();
await TerminalBenchmark.RunAsync();
