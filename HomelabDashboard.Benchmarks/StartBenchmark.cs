using System.Diagnostics;
using System.Globalization;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>From the start of the process to its first page, and what it takes when nothing happens.</summary>
internal static class StartBenchmark
{
    private const int Starts = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-bench-");
        try
        {
            var starts = new Figures();
            for (var i = 0; i <= Starts; i++)
            {
                // The first one makes the database and is not counted.
                RunningDashboard? dashboard = null;
                async Task StartAsync()
                {
                    dashboard = await RunningDashboard.StartAsync(folder: folder.FullName, program: Published.Program);
                    using var http = new HttpClient();
                    using var page = await http.GetAsync(new Uri(dashboard.Address, "/setup"));
                    page.EnsureSuccessStatusCode();
                }

                await (i == 0 ? StartAsync() : starts.MeasureAsync(StartAsync));
                if (i == Starts)
                {
                    await Task.Delay(Idle);
                    using var process = Process.GetProcessById(dashboard!.Pid);
                    Console.WriteLine($"start to first page: {starts}");
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"memory after {Idle.TotalSeconds} s idle, no host: {process.WorkingSet64 / 1e6:0} MB (RSS)"));
                }

                await dashboard!.DisposeAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
