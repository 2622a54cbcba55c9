using System.Diagnostics;
using System.Globalization;
using System.Text;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Benchmarks;

/// <summary>
/// A terminal over the built program, a real sshd and a real ttyd, as a plain client of the hub sees it; beside it the same shell
/// over the same ssh connection with the client straight at its ttyd.
/// </summary>
internal static class TerminalBenchmark
{
    private const string User = "bench";
    private const string Password = "correct horse battery";
    private const string Prompt = "# ";
    private const int Opens = 20;
    private const int Keys = 2000;
    private const int FileLength = 50_000_000;
    private const int Reads = 5;

    public static async Task RunAsync()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string> { ["HOMELAB_ADMIN_USERNAME"] = User, ["HOMELAB_ADMIN_PASSWORD"] = Password }, program: Published.Program);
        using var api = await ApiClient.SignInAsync(dashboard.Address, User, Password);
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "bench");
        var token = (await api.PostAsync("auth/token", new { username = User, password = Password })).GetProperty("token").GetString()!;

        var file = Path.GetTempFileName();
        var scratch = Directory.CreateTempSubdirectory("homelab-bench-");
        try
        {
            await WriteLinesAsync(file);
            Task<HubShell> ThroughHubAsync() => HubShell.OpenAsync(api, dashboard.Address, host, token);
            string[] ssh = ["ssh", "-F", Path.Combine(dashboard.Folder, "ssh", "config"), "-tt", "-o", "ControlMaster=no", "-o", "ProxyCommand=false", host];
            Task<DirectShell> StraightAsync() => DirectShell.OpenAsync(ssh, scratch.FullName);

            var opens = new Figures();
            for (var i = 0; i < Opens; i++)
            {
                HubShell? shell = null;
                await opens.MeasureAsync(async () =>
                {
                    shell = await ThroughHubAsync();
                    await shell.UntilAsync(Prompt);
                });
                await shell!.DisposeAsync();
            }

            Console.WriteLine($"terminal, click to prompt: {opens}");

            var through = await EchoAsync(await ThroughHubAsync());
            var straight = await EchoAsync(await StraightAsync());
            Console.WriteLine($"terminal, echo through the hub: {through}");
            Console.WriteLine($"terminal, echo straight from ttyd: {straight}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"terminal, echo added: p50 {through.P50 - straight.P50:0.00} ms, p99 {through.P99 - straight.P99:0.00} ms"));

            var ratios = new List<double>();
            for (var i = 0; i < Reads; i++)
            {
                var fast = await ReadAsync(await StraightAsync(), file);
                var ours = await ReadAsync(await ThroughHubAsync(), file);
                ratios.Add(ours / fast);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"terminal, cat of 50 MB: {ours:0.0} MB/s through the hub, {fast:0.0} MB/s straight from ttyd"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"terminal, throughput against ttyd: {ratios.Order().ElementAt(Reads / 2):0.00} (median)"));
        }
        finally
        {
            File.Delete(file);
            scratch.Delete(recursive: true);
        }
    }

    private static async Task<Figures> EchoAsync(Shell shell)
    {
        await using var open = shell;
        await shell.UntilAsync(Prompt);
        await shell.TypeAsync("stty raw -echo; printf rea''dy; cat\r");
        await shell.UntilAsync("ready");
        var keys = new Figures();
        for (var i = 0; i < Keys; i++)
        {
            await keys.MeasureAsync(async () =>
            {
                await shell.TypeAsync("x");
                await shell.UntilAsync("x");
            });
        }

        return keys;
    }

    /// <returns>MB/s.</returns>
    private static async Task<double> ReadAsync(Shell shell, string file)
    {
        await using var open = shell;
        await shell.UntilAsync(Prompt);
        var start = Stopwatch.GetTimestamp();
        await shell.TypeAsync($"cat {file}; printf e''nd\r");
        await shell.UntilAsync("end");
        return FileLength / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static async Task WriteLinesAsync(string file)
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 79) + "\n");
        await using var stream = File.OpenWrite(file);
        for (var written = 0; written < FileLength; written += line.Length)
        {
            await stream.WriteAsync(line);
        }
    }
}
