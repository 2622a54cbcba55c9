using System.Diagnostics;
using System.Globalization;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// Twenty terminals in mixed work for some minutes, on the built program, a real sshd and real ttyds. Prints the dashboard's memory and
/// open handles as it goes, and fails when something is left at the end.
/// </summary>
internal static class SoakBenchmark
{
    private const string User = "bench";
    private const string Password = "correct horse battery";
    private const int Sessions = 20;
    private const int MostMinutes = 60;
    private const int HandlesToSpare = 20;

    /// <summary>Connections to the database that are kept for the next one are closed within four minutes.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <returns>0, or 1 when handles or processes are left that were not there before.</returns>
    public static async Task<int> RunAsync(double minutes)
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(new Dictionary<string, string>
        {
            ["HOMELAB_ADMIN_USERNAME"] = User,
            ["HOMELAB_ADMIN_PASSWORD"] = Password,
            ["Homelab__Terminals__MaxSessionsPerUser"] = Sessions.ToString(CultureInfo.InvariantCulture),
        });
        using var api = await ApiClient.SignInAsync(dashboard.Address, User, Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "soak");
        var token = (await api.PostAsync("auth/token", new { username = User, password = Password })).GetProperty("token").GetString()!;

        // Once through everything, so that what is only ever made once is there before the first look.
        await WorkAsync(() => HubShell.OpenAsync(api, dashboard.Address, host, token), 0, CancellationToken.None);
        await QuietAsync(dashboard);
        var before = Look(dashboard, "start");

        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(Math.Clamp(minutes, 0.1, MostMinutes)));
        var rounds = 0;
        var working = Enumerable.Range(0, Sessions).Select(async number =>
        {
            for (var round = number; !time.IsCancellationRequested; round++)
            {
                await WorkAsync(() => HubShell.OpenAsync(api, dashboard.Address, host, token), round, time.Token);
                Interlocked.Increment(ref rounds);
            }
        }).ToList();
        var all = Task.WhenAll(working);
        while (await Task.WhenAny(all, Task.Delay(LookEvery)) != all)
        {
            Look(dashboard, "at work");
        }

        await all;
        await QuietAsync(dashboard);
        var after = Look(dashboard, "end");
        for (var ended = Stopwatch.GetTimestamp(); after.Handles > before.Handles + HandlesToSpare && Stopwatch.GetElapsedTime(ended) < Settling; after = Look(dashboard, "after it"))
        {
            await Task.Delay(LookEvery);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"soak: {rounds} sessions worked in {minutes:0.#} minutes"));
        var left = after.Handles > before.Handles + HandlesToSpare || after.Children > before.Children;
        Console.WriteLine(left ? "soak: something is left" : "soak: nothing is left");
        return left ? 1 : 0;
    }

    /// <summary>One session from its opening to its end: keys, floods, another size, a full screen, a window that comes again.</summary>
    private static async Task WorkAsync(Func<Task<HubShell>> open, int kind, CancellationToken time)
    {
        await using var shell = await open();
        await shell.UntilAsync("# ");
        for (var i = 0; i < 10 && !time.IsCancellationRequested; i++)
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"mark-{kind}-{i}");
            await shell.TypeAsync(((kind + i) % 4) switch
            {
                0 => $"seq 1 20000; echo {mark}''.\r",
                1 => $"head -c 2000000 /dev/zero | tr '\\0' x | fold; echo {mark}''.\r",
                2 => $"printf '\\033[?1049h\\033[2Jfull screen\\033[?1049l'; echo {mark}''.\r",
                _ => $"for i in 1 2 3 4 5; do sleep 0.2; echo $i; done; echo {mark}''.\r",
            });
            await shell.UntilAsync(mark + ".");
        }
    }

    /// <summary>Waits until the last sessions have gone altogether.</summary>
    private static Task QuietAsync(RunningDashboard dashboard) =>
        Until.TrueAsync(() => !Directory.EnumerateFiles(Path.Combine(dashboard.Folder, "ttyd"), "*.sock").Any(), "every ttyd is gone");

    private static (long Memory, int Handles, int Children) Look(RunningDashboard dashboard, string when)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"/proc/{dashboard.Pid}");
        var memory = long.Parse(
            File.ReadLines(Path.Combine(process, "status")).Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture) / 1024;
        var look = (memory, Directory.GetFiles(Path.Combine(process, "fd")).Length, dashboard.Children().Count);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"soak, {when}: {look.memory} MB resident, {look.Length} handles, {look.Count} processes"));
        return look;
    }
}
