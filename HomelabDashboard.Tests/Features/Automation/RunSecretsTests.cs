using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>What a run is given that may be secret is kept nowhere, so that it is needed again.</summary>
public sealed class RunSecretsTests
{
    [Fact]
    public async Task What_may_be_secret_reaches_Ansible_and_is_kept_nowhere()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("secret.yml", """
            - name: Secret
              hosts: all
              gather_facts: false
              tasks:
                - name: Count
                  ansible.builtin.debug:
                    msg: "{{ db_password | length }} {{ ansible_become_password | default('') | length }}"
                - name: Wait
                  ansible.builtin.command: sleep 3
                  changed_when: false
            """);
        var task = await lab.RunAsync("secret.yml", new { target = "host:" + lab.Hosts["nas"], extra_vars = new { db_password = "s3cret-word" }, become_password = "another-s3cret" });
        var leader = await AutomationLab.LeaderAsync(task);
        await Until.TrueAsync(async () => (await lab.OutputAsync(task)).Contains("TASK [Wait]", StringComparison.Ordinal), "it waits");
        foreach (var pid in ProcessSession.Members(leader))
        {
            var seen = await File.ReadAllTextAsync($"/proc/{pid}/cmdline") + await File.ReadAllTextAsync($"/proc/{pid}/environ");
            Assert.DoesNotContain("s3cret", seen, StringComparison.Ordinal);
        }

        var run = await lab.EndAsync(task);
        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Contains("11 ", await lab.OutputAsync(task), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("request").GetProperty("extra_vars").GetProperty("db_password").ValueKind);
        Assert.Equal((0, 1), (run.GetProperty("result_data").GetProperty("exit_code").GetInt32(), run.GetProperty("result_data").GetProperty("hosts").GetInt32()));
        using var again = await lab.Api.PostAsJsonAsync($"/api/v1/tasks/{task}/rerun", new { become_password = "another-s3cret" });
        Assert.Equal("SECRETS_GONE", (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        await using var db = await lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        Assert.Equal(1, await db.Set<AutomationTask>().CountAsync());
        foreach (var file in Directory.EnumerateFiles(lab.App.Folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock" || Path.GetFileName(Path.GetDirectoryName(file)) == "run")
            {
                continue;
            }

            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.False((await reader.ReadToEndAsync()).Contains("s3cret", StringComparison.Ordinal), file);
        }
    }

    [Fact]
    public async Task A_run_with_a_password_is_run_again_with_one_only()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("short.yml", "- name: Short\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n");
        var task = await lab.RunAsync("short.yml", new { target = "all", become_password = "another-s3cret" });
        var run = await lab.EndAsync(task);
        Assert.True(run.GetProperty("request").GetProperty("had_password").GetBoolean());
        using var without = await lab.Api.PostAsJsonAsync($"/api/v1/tasks/{task}/rerun", new { });
        Assert.Equal("SECRETS_GONE", (await without.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        var again = (await lab.PostAsync($"tasks/{task}/rerun", new { become_password = "another-s3cret" })).GetProperty("task_id").GetString()!;
        Assert.Equal("completed", (await lab.EndAsync(again)).GetProperty("status").GetString());
    }
}
