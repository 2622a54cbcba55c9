using System.Text.Json;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Schedules;

/// <summary>The built program, killed while a schedule's playbook runs.</summary>
public sealed class ScheduleCrashTests
{
    private const string Password = "correct horse battery";

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["HOMELAB_ADMIN_USERNAME"] = "ada",
        ["HOMELAB_ADMIN_PASSWORD"] = Password,
        ["Homelab__Hosts__StartSpreadSeconds"] = "0",
        ["Homelab__Schedules__FirstRetrySeconds"] = "1",
    };

    [Fact]
    public async Task A_run_that_a_crash_ended_is_told_as_interrupted_and_tried_again()
    {
        await using var server = await SshServer.StartAsync("127.0.0.2");
        var folder = Directory.CreateTempSubdirectory("homelab-run-").FullName;
        var mark = Path.Combine(folder, "begun");
        string id;
        await using (var first = await RunningDashboard.StartAsync(Settings, folder))
        {
            using var api = await ApiClient.SignInAsync(first.Address, "ada", Password);
            server.Authorize(await api.PublicKeyAsync());
            await api.ConnectAsync(server, "nas");

            // Slow the first time, quick the second.
            await File.WriteAllTextAsync(
                Path.Combine(folder, "playbooks", "work.yml"), ScheduleLab.Play($"shell: 'if [ -e {mark} ]; then exit 0; fi; touch {mark}; sleep 60'"));
            var schedule = await api.PostAsync("schedules", new
            {
                name = "Work",
                playbook = "work.yml",
                target_type = "all",
                schedule_type = "recurring",
                recurrence_type = "daily",
                recurrence_time = "03:00",
                retry_on_failure = 1,
            });
            id = schedule.GetProperty("id").GetString()!;
            await api.PostAsync($"schedules/{id}/run");
            await Until.TrueAsync(() => File.Exists(mark), "the playbook works");
            await first.CrashAsync();
        }

        await using var second = await RunningDashboard.StartAsync(Settings, folder);
        try
        {
            using var api = await ApiClient.SignInAsync(second.Address, "ada", Password);
            List<JsonElement> runs = [];
            await Until.TrueAsync(
                async () =>
                {
                    runs = [.. (await api.GetAsync($"schedules/{id}/runs")).GetProperty("items").EnumerateArray()];
                    return runs.Count == 2 && runs[0].GetProperty("status").GetString() == "success";
                },
                "the second try went well",
                TimeSpan.FromSeconds(60));
            Assert.Equal(("failed", "interrupted"), (runs[1].GetProperty("status").GetString(), runs[1].GetProperty("error_message").GetString()));
            Assert.Equal(("retry", 2), (runs[0].GetProperty("trigger_type").GetString(), runs[0].GetProperty("attempt").GetInt32()));
            var schedule = await api.GetAsync($"schedules/{id}");
            Assert.Equal((2, 1, 1, "success"), (
                schedule.GetProperty("run_count").GetInt32(), schedule.GetProperty("success_count").GetInt32(),
                schedule.GetProperty("failure_count").GetInt32(), schedule.GetProperty("last_status").GetString()));
        }
        finally
        {
            await second.StopAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
