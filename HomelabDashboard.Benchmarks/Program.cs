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
    case ["hosts", .. var rest]:
        await HostsBenchmark.RunAsync(rest is [var length] ? double.Parse(length, CultureInfo.InvariantCulture) : 10);
        return 0;
    case ["automation"]:
        await AutomationBenchmark.RunAsync();
        return 0;
    case ["docker"]:
        await DockerBenchmark.RunAsync();
        return 0;
    case ["alerts", .. var rest]:
        await AlertsBenchmark.RunAsync(rest is [var alerts, ..] ? int.Parse(alerts, CultureInfo.InvariantCulture) : 10_000, rest is [_, var lines] ? int.Parse(lines, CultureInfo.InvariantCulture) : 5_000_000);
        return 0;
    case ["soak", .. var rest]:
        return await SoakBenchmark.RunAsync(rest is [var minutes] ? double.Parse(minutes, CultureInfo.InvariantCulture) : 10);
    default:
        await Console.Error.WriteLineAsync("Say nothing, for the figures without a browser, or: terminal, or: automation, or: docker, or: hosts [minutes], or: alerts [alerts [lines]], or: soak [minutes]");
        return 2;
}
