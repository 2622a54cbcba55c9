using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Hosts.Bootstrap;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Hosts;

/// <summary>Hosts are prepared over a real sshd, with users and passwords of its own. As root, because only root can give it those.</summary>
public sealed class BootstrapTests
{
    private const string Secret = "swordfish-7c41";
    private const string SudoUser = $"""
        useradd -m ada && echo 'ada:{Secret}' | chpasswd
        echo 'ada ALL=(ALL:ALL) ALL' > /etc/sudoers.d/ada && chmod 440 /etc/sudoers.d/ada
        """;

    [Fact]
    public async Task A_user_who_may_use_sudo_prepares_a_host_and_the_password_leaves_no_trace()
    {
        await using var server = await PrivateHost.StartAsync(SudoUser);
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Admin);
        var host = await ConnectAsync(api, server, "ada");

        var seen = new HashSet<string>();
        var operation = await BootstrapAsync(api, host, new { username = "ada", password = Secret, automation_user = "automation" }, () => seen.UnionWith(ProcessesWith(Secret)));
        Assert.Equal(("succeeded", null), (operation.GetProperty("status").GetString(), operation.GetProperty("error").GetString()));
        var record = Record(app, host);
        Assert.Equal(BootstrapState.Succeeded, record.Status);
        Assert.Equal(BootstrapWords.Steps, record.Steps.Select(s => s.Step));
        Assert.All(record.Steps, s => Assert.Equal(BootstrapState.Succeeded, s.Status));
        Assert.Equal("Created.", record.Steps[2].Message);

        // The dashboard signs in as that user from now on.
        await Until.TrueAsync(async () => (await api.GetFromJsonAsync<JsonElement>($"/api/v1/hosts/{host}")) is var h
            && h.GetProperty("ssh_user").GetString() == "automation" && h.GetProperty("status").GetString() == "online", "the host is online");

        // Once more: nothing is added twice.
        operation = await BootstrapAsync(api, host, new { username = "ada", password = Secret, automation_user = "automation" }, () => { });
        Assert.Equal("succeeded", operation.GetProperty("status").GetString());
        Assert.Equal(["It is there already.", "It is there already.", "It is allowed already."], Record(app, host).Steps.Skip(2).Take(3).Select(s => s.Message));
        Assert.Single((await server.InsideAsync("cat /home/automation/.ssh/authorized_keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("600 automation", (await server.InsideAsync("stat -c '%a %U' /home/automation/.ssh/authorized_keys")).Trim());

        Assert.Empty(seen);
        Assert.Empty(FilesWith(app.Folder, Secret));
        Assert.DoesNotContain(app.Log.Lines, l => l.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_told_as_such_and_nothing_is_left()
    {
        await using var server = await PrivateHost.StartAsync(SudoUser);
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Admin);
        var host = await ConnectAsync(api, server, "ada");

        var operation = await BootstrapAsync(api, host, new { username = "ada", password = "not-it", automation_user = "automation" }, () => { });
        Assert.Equal("failed", operation.GetProperty("status").GetString());
        Assert.Contains("did not take this password for ada", operation.GetProperty("error").GetString(), StringComparison.Ordinal);
        var record = Record(app, host);
        Assert.Equal((BootstrapState.Failed, BootstrapWords.SignIn), (record.Status, Assert.Single(record.Steps).Step));
        Assert.Empty(Directory.GetDirectories(Path.Combine(app.Folder, "ssh"), "once-*"));
        Assert.Equal("gone", (await server.InsideAsync("id automation >/dev/null 2>&1 || echo gone")).Trim());
    }

    [Fact]
    public async Task A_user_without_the_right_to_sudo_learns_what_to_do()
    {
        await using var server = await PrivateHost.StartAsync($"useradd -m bob && echo 'bob:{Secret}' | chpasswd");
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Admin);
        var host = await ConnectAsync(api, server, "bob");

        var operation = await BootstrapAsync(api, host, new { username = "bob", password = Secret }, () => { });
        Assert.Contains("did not let bob become root", operation.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((BootstrapWords.BecomeRoot, BootstrapState.Failed), (Record(app, host).Steps[^1].Step, Record(app, host).Steps[^1].Status));
    }

    [Fact]
    public async Task Root_prepares_a_busybox_host_by_a_key_that_is_used_once()
    {
        var keys = Directory.CreateTempSubdirectory("homelab-keys-").FullName;
        try
        {
            var (key, publicKey) = await NewKeyAsync(keys, "plain", "");
            await using var server = await PrivateHost.StartAsync($"mkdir -p /root/.ssh && echo '{publicKey}' > /root/.ssh/authorized_keys", busybox: true);
            await using var app = TestApp.Start();
            using var api = await app.ProgramAsync(UserRole.Admin);
            var host = await ConnectAsync(api, server, "root");

            // Without sudo a user that is made there could not become root, and that is said.
            var operation = await BootstrapAsync(api, host, new { username = "root", private_key = key, automation_user = "automation" }, () => { });
            Assert.Contains("neither sudo nor doas", operation.GetProperty("error").GetString(), StringComparison.Ordinal);
            Assert.Equal(BootstrapWords.AllowRoot, Record(app, host).Steps[^1].Step);
            Assert.Contains("homelab-dashboard", await server.InsideAsync("cat /home/automation/.ssh/authorized_keys"), StringComparison.Ordinal);
            Assert.StartsWith("automation:*:", await server.InsideAsync("grep ^automation: /etc/shadow"), StringComparison.Ordinal);

            operation = await BootstrapAsync(api, host, new { username = "root", private_key = key }, () => { });
            Assert.Equal(("succeeded", null), (operation.GetProperty("status").GetString(), operation.GetProperty("error").GetString()));
            Assert.Equal("It is root.", Record(app, host).Steps[4].Message);
            Assert.Equal(2, (await server.InsideAsync("cat /root/.ssh/authorized_keys")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Empty(FilesWith(app.Folder, key.Split('\n')[2]));
        }
        finally
        {
            Directory.Delete(keys, recursive: true);
        }
    }

    [Fact]
    public async Task A_key_with_a_passphrase_and_sudo_that_asks_are_told_as_such()
    {
        var keys = Directory.CreateTempSubdirectory("homelab-keys-").FullName;
        try
        {
            var (locked, _) = await NewKeyAsync(keys, "locked", "a passphrase");
            var (key, publicKey) = await NewKeyAsync(keys, "plain", "");
            await using var server = await PrivateHost.StartAsync($"{SudoUser}\nmkdir -p /home/ada/.ssh && echo '{publicKey}' > /home/ada/.ssh/authorized_keys");
            await using var app = TestApp.Start();
            using var api = await app.ProgramAsync(UserRole.Admin);
            var host = await ConnectAsync(api, server, "ada");

            var operation = await BootstrapAsync(api, host, new { username = "ada", private_key = locked }, () => { });
            Assert.Contains("has no passphrase", operation.GetProperty("error").GetString(), StringComparison.Ordinal);
            operation = await BootstrapAsync(api, host, new { username = "ada", private_key = key }, () => { });
            Assert.Contains("Give the password in place of the key", operation.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(keys, recursive: true);
        }
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_before_anything_connects()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Admin);
        var added = await (await api.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = "127.0.0.1" })).Content.ReadFromJsonAsync<JsonElement>();
        var url = $"/api/v1/hosts/{added.GetProperty("id").GetString()}/bootstrap";

        foreach (var body in new object[]
        {
            new { username = "ada" },
            new { username = "ada", password = "x", private_key = "-----BEGIN OPENSSH PRIVATE KEY-----" },
            new { username = "ada", password = "two\nlines" },
            new { username = "-oProxyCommand=x", password = "x" },
            new { username = "ada", password = "x", automation_user = "a b" },
            new { username = "ada", private_key = "ssh-ed25519 AAAA" },
        })
        {
            using var refused = await api.PostAsJsonAsync(url, body);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var early = await api.PostAsJsonAsync(url, new { username = "ada", password = "x" });
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Equal("HOST_KEY_NOT_APPROVED", (await early.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        using var viewer = await app.ProgramAsync(UserRole.Viewer);
        using var forbidden = await viewer.PostAsJsonAsync(url, new { username = "ada", password = "x" });
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public void A_key_that_a_crash_left_is_removed_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("homelab-once-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "once-abc"));
            File.WriteAllText(Path.Combine(folder, "once-abc", "key"), "left");
            using var ssh = new SshFolder(folder);
            Assert.Empty(Directory.GetDirectories(folder, "once-*"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BootstrapRecord Record(TestApp app, string host) => app.Services.GetRequiredService<BootstrapBoard>().Live.Get(host)!;

    private static async Task<string> ConnectAsync(HttpClient api, PrivateHost server, string user)
    {
        using var answer = await api.PostAsJsonAsync("/api/v1/hosts", new { name = "nas", ip_address = server.Address, ssh_port = server.Port, ssh_user = user });
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var key = await api.GetFromJsonAsync<JsonElement>($"/api/v1/hosts/{id}/host-key");
        using var approved = await api.PostAsJsonAsync($"/api/v1/hosts/{id}/host-key/approve", new { fingerprint = key.GetProperty("offered").GetProperty("fingerprint").GetString() });
        Assert.Equal(HttpStatusCode.NoContent, approved.StatusCode);
        return id;
    }

    private static async Task<JsonElement> BootstrapAsync(HttpClient api, string host, object body, Action meanwhile)
    {
        using var accepted = await api.PostAsJsonAsync($"/api/v1/hosts/{host}/bootstrap", body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("operation_ids")[0].GetString();
        JsonElement operation = default;
        await Until.TrueAsync(
            async () =>
            {
                meanwhile();
                operation = await api.GetFromJsonAsync<JsonElement>($"/api/v1/operations/{id}");
                return operation.GetProperty("status").GetString() is "succeeded" or "failed";
            },
            "the operation ends",
            TimeSpan.FromSeconds(60));
        return operation;
    }

    private static async Task<(string Private, string Public)> NewKeyAsync(string folder, string name, string passphrase)
    {
        var file = Path.Combine(folder, name);
        using var keygen = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "once", "-f", file]))!;
        await keygen.WaitForExitAsync();
        return (await File.ReadAllTextAsync(file), (await File.ReadAllTextAsync(file + ".pub")).Trim());
    }

    private static List<string> ProcessesWith(string secret)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            foreach (var file in new[] { "cmdline", "environ" })
            {
                try
                {
                    var text = File.ReadAllText(Path.Combine(process, file));
                    if (text.Contains(secret, StringComparison.Ordinal))
                    {
                        found.Add($"{process}/{file}: {text}");
                    }
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It ended in between.
                }
            }
        }

        return found;
    }

    private static List<string> FilesWith(string folder, string secret) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock" && Path.GetFileName(Path.GetDirectoryName(f)) != "run").Where(f =>
        {
            using var stream = new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0;
        }),
    ];
}
