using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;

namespace HomelabDashboard.Tests.Integration;

/// <summary>The dashboard's own disk, a small one that is mounted for it alone, is full for a while. Needs root.</summary>
public sealed class DiskFullTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_full_disk_corrupts_nothing_and_work_goes_on_when_there_is_room()
    {
        await using var server = await SshServer.StartAsync();
        await using var disk = await SmallDisk.StartAsync(48);
        await using var dashboard = await RunningDashboard.StartAsync(
            new Dictionary<string, string>
            {
                ["HOMELAB_ADMIN_USERNAME"] = "ada",
                ["HOMELAB_ADMIN_PASSWORD"] = Password,
                ["Homelab__Web__MinimumFreeDiskMb"] = "5",
                ["Homelab__Metrics__IntervalSeconds"] = "0.2",
                ["Homelab__Metrics__WriteEverySeconds"] = "0.2",
            },
            disk.Folder);
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", Password);
        using var http = new HttpClient { BaseAddress = dashboard.Address };
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        await Until.TrueAsync(() => Rows(dashboard) > 3, "readings are written");
        Assert.True((await http.GetAsync("/readyz")).IsSuccessStatusCode);

        var ballast = Path.Combine(dashboard.Folder, "ballast");
        Fill(ballast);
        await Until.TrueAsync(() => dashboard.Output.Contains("Readings could not be written", StringComparison.Ordinal), "the disk is felt to be full");
        Assert.False((await http.GetAsync("/readyz")).IsSuccessStatusCode);

        // The host is still watched, pages are still shown, and what cannot be kept is refused, not half done.
        Fill(ballast);
        Assert.Equal("online", (await api.GetAsync($"hosts/{host}")).GetProperty("status").GetString());
        Assert.True((await http.GetAsync("/login")).IsSuccessStatusCode);
        var content = string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"Host host-{i}\n  HostName 192.0.2.{i % 250}\n")));
        Assert.Equal("UNAVAILABLE", await RefusedAsync(() => api.PostAsync("hosts/import", new { format = "ssh_config", content })));
        Assert.Equal(1, (await api.GetAsync("hosts")).GetProperty("items").GetArrayLength());

        var before = Rows(dashboard);
        File.Delete(ballast);
        await Until.TrueAsync(() => Rows(dashboard) > before, "readings are written again");
        await api.PatchAsync($"hosts/{host}", new { notes = "There is room." });
        Assert.True((await http.GetAsync("/readyz")).IsSuccessStatusCode);
        Assert.Equal("ok", Query<string>(dashboard, "PRAGMA integrity_check"));
        Assert.Equal(0, Query<long>(dashboard, "SELECT COUNT(*) FROM pragma_foreign_key_check"));

        // What was read meanwhile waited in memory: the series has no hole.
        var widest = Query<double>(dashboard, "SELECT MAX(gap) FROM (SELECT (julianday(collected_at) - julianday(LAG(collected_at) OVER (ORDER BY id))) * 86400 AS gap FROM host_metrics)");
        Assert.InRange(widest, 0, 5);
    }

    /// <summary>Takes all room that is left.</summary>
    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 1 << 12 })
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
            }
        }
    }

    private static async Task<string?> RefusedAsync(Func<Task> act)
    {
        var refused = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(act);
        return JsonSerializer.Deserialize<JsonElement>(refused.Message[refused.Message.IndexOf('{', StringComparison.Ordinal)..]).GetProperty("code").GetString();
    }

    private static long Rows(RunningDashboard dashboard) => Query<long>(dashboard, "SELECT COUNT(*) FROM host_metrics");

    private static T Query<T>(RunningDashboard dashboard, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dashboard.Folder, "homelab.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)Convert.ChangeType(command.ExecuteScalar()!, typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>A file system of a few megabytes. It goes with the test, also when that is killed.</summary>
    private sealed class SmallDisk(Process process, string folder) : IAsyncDisposable
    {
        public string Folder => folder;

        public static async Task<SmallDisk> StartAsync(int megabytes)
        {
            var folder = Directory.CreateTempSubdirectory("homelab-disk-").FullName;
            var mount = string.Create(CultureInfo.InvariantCulture, $"mount -t tmpfs -o size={megabytes}m tmpfs \"$0\" && echo mounted && read -r _; umount -l \"$0\"; rmdir \"$0\"");
            var process = Process.Start(new ProcessStartInfo("sh", ["-c", mount, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            Assert.Equal("mounted", await process.StandardOutput.ReadLineAsync());
            return new SmallDisk(process, folder);
        }

        public async ValueTask DisposeAsync()
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
