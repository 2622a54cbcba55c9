using System.Globalization;
using HomelabDashboard.Benchmarks;

switch (args)
{
    case []:
        await StartBenchmark.RunAsync();
        await TerminalBenchmark.RunAsync();
        return 0;
    case ["terminal"]:
        await TerminalBenchmark.RunAsync();
        await BrowserTerminalBenchmark.RunAsync();
        return 0;
    case ["soak", .. var rest]:
        return await SoakBenchmark.RunAsync(rest is [var minutes] ? double.Parse(minutes, CultureInfo.InvariantCulture) : 10);
    default:
        await Console.Error.WriteLineAsync("Say nothing, for the figures without a browser, or: terminal, or: soak [minutes]");
        return 2;
}
