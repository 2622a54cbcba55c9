using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Hosts;

/// <summary>Hosts are restarted and shut down over a real sshd, where reboot and poweroff only note that they were called. As root.</summary>
public sealed class PowerTests : IAsyncLifetime
{
    private const string Note = "/root/called";

    /// <summary>First wherever programs are looked for, and in place of the real ones, so that nothing outside can ever be restarted.</summary>
    private const string SetUp = $$"""
        mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
        mount -t tmpfs -o mode=755 tmpfs /usr/local/bin
        cat > /root/stand-in <<'END'
        #!/bin/sh
        [ -e /root/broken ] && { echo 'Operation inhibited by "backup"'; exit 1; }
        echo "$(id -un) ${0##*/}" >> {{Note}}
        END
        chmod 755 /root/stand-in
        for name in reboot poweroff; do
            cp /root/stand-in /usr/local/sbin/$name
            cp /root/stand-in /usr/local/bin/$name
            for real in /usr/sbin/$name /usr/bin/$name /sbin/$name; do [ ! -e $real ] || mount --bind /root/stand-in $real; done
        done
        echo boot-1 > /root/boot_id
        mount --bind /root/boot_id /proc/sys/kernel/random/boot_id
        echo 'Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"' > /etc/sudoers.d/path
        useradd -m ada && usermod -p '*' ada && useradd -m bob && usermod -p '*' bob
        echo 'ada ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/ada && chmod 440 /etc/sudoers.d/*
        for user in ada bob; do
            mkdir /home/$user/.ssh && echo '@KEY@' > /home/$user/.ssh/authorized_keys && chown -R $user /home/$user/.ssh
        done
        """;

    private TestApp _app = null!;
    private HttpClient _api = null!;
    private PrivateHost _server = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _app.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_restart_is_done_when_the_host_is_connected_again_in_another_boot()
    {
        var host = await StartAsync("ada", 30, 30);
        var operation = await OrderAsync(host, "reboot");
        await Until.TrueAsync(async () => await CalledAsync() == "root reboot\n", "reboot is called as root");
        await MessageAsync(operation, "Waiting for nas to go down.");

        // Another word while that is under way is refused.
        using (var again = await _api.PostAsync($"/api/v1/hosts/{host}/shut-down", null))
        {
            Assert.Equal((HttpStatusCode.Conflict, operation), (again.StatusCode, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operation_id").GetString()));
        }

        // On its way down it lets the dashboard in once more.
        await DropAsync(host);
        await MessageAsync(operation, "Waiting for nas to come back.");
        await Until.TrueAsync(() => Connection(host) is not null, "it is connected again");
        Assert.Equal("running", (await OperationAsync(operation)).GetProperty("status").GetString());

        await _server.InsideAsync("echo boot-2 > /root/boot_id");
        await DropAsync(host);
        var ended = await EndAsync(operation);
        Assert.Equal(("succeeded", null), (ended.GetProperty("status").GetString(), ended.GetProperty("error").GetString()));
        Assert.StartsWith("nas is back after ", ended.GetProperty("message").GetString(), StringComparison.Ordinal);
        await _app.LineAsync($"{TestApp.AdminName} asked for reboot of nas.");
        Assert.Equal(1, (await _app.LineAsync(ended.GetProperty("message").GetString()!)).UserId);
        Assert.Equal("root reboot\n", await CalledAsync());
    }

    [Fact]
    public async Task A_host_that_does_not_come_back_in_time_is_told_as_such()
    {
        var host = await StartAsync("ada", 2, 30);
        var operation = await OrderAsync(host, "reboot");
        await MessageAsync(operation, "Waiting for nas to go down.");
        await _server.DisposeAsync();
        Assert.StartsWith("nas went down and did not come back within 2 s. Nothing answers at 127.0.0.1", (await EndAsync(operation)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_off_is_not_said_to_be_and_one_that_is_silent_is()
    {
        var host = await StartAsync("ada", 30, 3);
        var operation = await OrderAsync(host, "shut-down");
        var ended = await EndAsync(operation);
        Assert.StartsWith("nas took the order, but after 3 s it is still up and was not shut down.", ended.GetProperty("error").GetString(), StringComparison.Ordinal);

        await _server.InsideAsync("touch /root/broken");
        ended = await EndAsync(await OrderAsync(host, "reboot"));
        Assert.Equal("nas was not restarted. It said: Operation inhibited by \"backup\"", ended.GetProperty("error").GetString());
        await _app.LineAsync($"Reboot of nas, asked for by {TestApp.AdminName}, failed: {ended.GetProperty("error").GetString()}");

        await _server.InsideAsync("rm /root/broken");
        operation = await OrderAsync(host, "shut-down");
        await Until.TrueAsync(async () => (await CalledAsync()).EndsWith("root poweroff\nroot poweroff\n", StringComparison.Ordinal), "poweroff is called again");
        await _server.InsideAsync("echo boot-3 > /root/boot_id");
        await DropAsync(host);
        Assert.StartsWith("nas went down, and started again by itself.", (await EndAsync(operation)).GetProperty("error").GetString(), StringComparison.Ordinal);

        await Until.TrueAsync(() => Connection(host) is not null, "it is connected again");
        operation = await OrderAsync(host, "shut-down");
        await MessageAsync(operation, "Waiting for nas to go down.");
        await _server.DisposeAsync();
        ended = await EndAsync(operation);
        Assert.Equal(("succeeded", "nas ended the connection and has not answered for 5 s."), (ended.GetProperty("status").GetString(), ended.GetProperty("message").GetString()));

        using var away = await _api.PostAsync($"/api/v1/hosts/{host}/reboot", null);
        Assert.Equal((HttpStatusCode.BadGateway, "HOST_UNREACHABLE"), (away.StatusCode, (await away.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Who_may_not_become_root_there_or_may_not_write_here_restarts_nothing()
    {
        var host = await StartAsync("bob", 30, 30);
        var ended = await EndAsync(await OrderAsync(host, "reboot"));
        Assert.Equal(
            "bob cannot become root on nas without a password, so it was not restarted. Prepare the host on its settings page, or let bob use sudo or doas there without a password.",
            ended.GetProperty("error").GetString());
        using var viewer = await _app.ProgramAsync(UserRole.Viewer);
        using var refused = await viewer.PostAsync($"/api/v1/hosts/{host}/reboot", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var nowhere = await _api.PostAsync("/api/v1/hosts/nowhere/shut-down", null);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Equal("", await CalledAsync());
    }

    private async Task<string> StartAsync(string user, int longestReboot, int longestShutDown)
    {
        _app = TestApp.Start(new Dictionary<string, string>
        {
            ["Homelab:Hosts:StartSpreadSeconds"] = "0",
            ["Homelab:Hosts:LongestBackoffSeconds"] = "0.5",
            ["Homelab:Hosts:LongestRebootSeconds"] = longestReboot.ToString(CultureInfo.InvariantCulture),
            ["Homelab:Hosts:LongestShutDownSeconds"] = longestShutDown.ToString(CultureInfo.InvariantCulture),
            ["Homelab:Hosts:ShutDownQuietSeconds"] = "5",
        });
        _api = await _app.ProgramAsync(UserRole.Admin);
        var key = (await _api.GetFromJsonAsync<JsonElement>("/api/v1/ssh-key")).GetProperty("public_key").GetString()!;
        _server = await PrivateHost.StartAsync(SetUp.Replace("@KEY@", key, StringComparison.Ordinal));
        return await ConnectAsync(user);
    }

    private HostConnection? Connection(string host) => _app.Services.GetRequiredService<HostConnections>().Live.Get(host);

    private Task<string> CalledAsync() => _server.InsideAsync($"cat {Note} 2>/dev/null || true");

    /// <summary>Ends the connection, as the host does that goes down.</summary>
    private async Task DropAsync(string host)
    {
        var before = Connection(host)!;
        using var ssh = Process.GetProcessById(before.Pid);
        ssh.Kill();
        await before.Closed;
    }

    private async Task<string> ConnectAsync(string user)
    {
        using var answer = await _api.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = _server.Address, ssh_port = _server.Port, ssh_user = user });
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var key = await _api.GetFromJsonAsync<JsonElement>($"/api/v1/hosts/{id}/host-key");
        using var approved = await _api.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint = key.GetProperty("offered").GetProperty("fingerprint").GetString() });
        await Until.TrueAsync(() => Connection(id) is not null, "the host is connected");
        return id;
    }

    private async Task<string> OrderAsync(string host, string what)
    {
        using var accepted = await _api.PostAsync($"/api/v1/hosts/{host}/{what}", null);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        return (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operation_ids")[0].GetString()!;
    }

    private Task<JsonElement> OperationAsync(string id) => _api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{id}");

    private Task MessageAsync(string id, string message) =>
        Until.TrueAsync(async () => (await OperationAsync(id)).GetProperty("message").GetString() == message, $"it says: {message}");

    private async Task<JsonElement> EndAsync(string id)
    {
        JsonElement operation = default;
        await Until.TrueAsync(async () => (operation = await OperationAsync(id)).GetProperty("status").GetString() is "succeeded" or "failed", "the operation ends");
        return operation;
    }
}
