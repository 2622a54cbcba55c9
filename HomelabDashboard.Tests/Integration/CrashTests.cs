using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Integration;

/// <summary>The built program is killed in the middle of its work, and started again in the same folder.</summary>
public sealed class CrashTests
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["HOMELAB_ADMIN_USERNAME"] = "ada",
        ["HOMELAB_ADMIN_PASSWORD"] = "correct horse battery",
        ["Homelab__Metrics__IntervalSeconds"] = "1",
    };

    [Fact]
    public async Task The_next_start_ends_what_was_left_over_and_the_host_comes_back()
    {
        await using var server = await SshServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("homelab-crash-");
        try
        {
            string host, session;
            List<ProcessIdentity> children;
            await using (var dashboard = await RunningDashboard.StartAsync(Settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                server.Authorize(await api.PublicKeyAsync());
                host = await api.ConnectAsync(server, "nas");
                session = (await api.PostAsync("sessions", new { host_id = host })).GetProperty("id").GetString()!;
                children = dashboard.Children();
                Assert.True(children.Count >= 2, "There are an ssh and a ttyd.");
                await dashboard.CrashAsync();
            }

            await using (var dashboard = await RunningDashboard.StartAsync(Settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                Assert.DoesNotContain(children, c => c.IsRunning);
                Assert.Equal("server_shutdown", (await api.GetAsync($"sessions/{session}")).GetProperty("reason_closed").GetString());
                await Until.TrueAsync(async () => (await api.GetAsync($"hosts/{host}")).GetProperty("status").GetString() == "online", "nas is back");
                children = dashboard.Children();
                Assert.NotEmpty(children);
                Assert.Equal(0, await dashboard.StopAsync());
                Assert.DoesNotContain(children, c => c.IsRunning);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_stop_tells_the_windows_why_their_session_ends()
    {
        await using var server = await SshServer.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(Settings);
        using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
        server.Authorize(await api.PublicKeyAsync());
        var host = await api.ConnectAsync(server, "nas");
        var session = await api.PostAsync("sessions", new { host_id = host });
        var token = (await api.PostAsync("auth/token", new { username = "ada", password = "correct horse battery" })).GetProperty("token").GetString()!;
        await using var window = await HubClient.ConnectAsync(new Uri(session.GetProperty("websocket_url").GetString()!), token);
        var output = await window.StreamAsync("Attach", session.GetProperty("connect_ticket").GetString()!, 80, 24);
        await output.ReadAsync();

        Assert.Equal(0, await dashboard.StopAsync());

        Assert.Equal("server_shutdown", (await window.MessageAsync("Closed")).Arguments[0].GetString());
    }
}
