using System.Text.Json;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>The built program is killed in the middle of a run.</summary>
public sealed class InterruptedRunTests
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["HOMELAB_ADMIN_USERNAME"] = "ada",
        ["HOMELAB_ADMIN_PASSWORD"] = "correct horse battery",
    };

    [Fact]
    public async Task It_ends_as_interrupted_and_no_ansible_is_left()
    {
        await using var server = await SshServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("homelab-crash-");
        try
        {
            string task, host;
            List<int> leaders;
            await using (var dashboard = await RunningDashboard.StartAsync(Settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                server.Authorize(await api.PublicKeyAsync());
                host = await api.ConnectAsync(server, "nas");
                await File.WriteAllTextAsync(
                    Path.Combine(folder.FullName, "playbooks", "sleep.yml"),
                    "- name: Sleep\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Sleep for long\n      ansible.builtin.command: sleep 300\n      changed_when: false\n");
                task = (await api.PostAsync("playbooks/sleep.yml/run", new { target = "all", extra_vars = new { db_password = "s3cret-word" } })).GetProperty("task_id").GetString()!;
                await Until.TrueAsync(async () => Message(await api.GetAsync($"tasks/{task}")) == "Sleep for long", "it sleeps", TimeSpan.FromSeconds(60));
                leaders = [.. dashboard.Children().Select(c => c.Pid).Where(pid => ProcessSession.Members(pid).Count > 1)];
                Assert.NotEmpty(leaders);
                Assert.Contains("s3cret-word", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "runs", task, "extra-vars.json")), StringComparison.Ordinal);
                await dashboard.CrashAsync();
            }

            Directory.CreateDirectory(Path.Combine(folder.FullName, "ansible", "tmp-of-a-check", "deep"));

            await using (var dashboard = await RunningDashboard.StartAsync(Settings, folder.FullName))
            {
                using var api = await ApiClient.SignInAsync(dashboard.Address, "ada", "correct horse battery");
                var run = await api.GetAsync($"tasks/{task}");
                Assert.Equal(("failed", "interrupted"), (run.GetProperty("status").GetString(), run.GetProperty("error_message").GetString()));
                Assert.Equal(1, run.GetProperty("hosts_impacted").GetInt32());
                Assert.Equal(task, (await api.GetAsync($"tasks?host_id={host}")).GetProperty("items")[0].GetProperty("id").GetString());
                Assert.Contains("Sleep for long", string.Join('\n', (await api.GetAsync($"tasks/{task}/output")).GetProperty("lines").EnumerateArray()), StringComparison.Ordinal);
                Assert.Equal(["events.jsonl", "output.idx", "output.log"], Directory.EnumerateFileSystemEntries(Path.Combine(folder.FullName, "runs", task)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
                Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.FullName, "ansible"), "tmp-*"));
                Assert.All(leaders, leader => Assert.Empty(ProcessSession.Members(leader)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Message(JsonElement run) => run.TryGetProperty("message", out var message) ? message.GetString() : null;
}
