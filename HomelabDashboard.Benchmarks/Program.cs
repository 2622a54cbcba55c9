using System.Globalization;
using HomelabDashboard.Benchmarks;

switch (args)
{
    case []:
        await StartBenchmark.RunAsync();
        await TerminalBenchmark.RunAsync();
        return 0;
    case ["soak", .. var rest]:
        return await SoakBenchmark.RunAsync(rest is [var minutes] ? double.Parse(minutes, CultureInfo.InvariantCulture) : 10);
    default:
        await Console.Error.WriteLineAsync("Say nothing, for all figures, or: soak [minutes]");
        return 2;
}
