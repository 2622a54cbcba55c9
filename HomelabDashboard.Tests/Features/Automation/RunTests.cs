using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Playbooks are run by real Ansible on hosts of a real sshd.</summary>
public sealed class RunTests
{
    private const string Sleeping = """
        - name: Sleep
          hosts: all
          gather_facts: false
          tasks:
            - name: Sleep for long
              ansible.builtin.command: sleep 300
              changed_when: false
        """;

    [Fact]
    public async Task A_run_goes_over_the_shared_connections_and_is_told_task_by_task()
    {
        await using var lab = await AutomationLab.StartAsync("nas", "one-web", "two-web");
        var logins = lab.Server.Logins;
        lab.Write("hello.yml", """
            - name: Hello
              hosts: all
              gather_facts: false
              tasks:
                - name: Change something
                  ansible.builtin.command: echo changed
                - name: Say who
                  ansible.builtin.debug:
                    msg: "{{ greeting }} {{ inventory_hostname }}"
                - name: Leave out
                  ansible.builtin.debug:
                    msg: never
                  when: false
                - name: Keep still
                  ansible.builtin.debug:
                    msg: "{{ greeting }} the-hidden-words"
                  no_log: true
            """);
        var task = await lab.RunAsync("hello.yml", new { target = "group:web", extra_vars = new { greeting = "--hello" } });
        var run = await lab.EndAsync(task);

        Assert.Equal(("completed", 2), (run.GetProperty("status").GetString(), run.GetProperty("hosts_impacted").GetInt32()));
        await Until.TrueAsync(async () => (await lab.GetAsync($"operations/{task}")).GetProperty("status").GetString() == "succeeded", "the operation ends with it");
        Assert.Equal(logins, lab.Server.Logins);
        var output = await lab.OutputAsync(task);
        Assert.Contains("--hello one-web", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the-hidden-words", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the-hidden-words", await File.ReadAllTextAsync(Path.Combine(lab.App.Folder, "runs", task, "events.jsonl")), StringComparison.Ordinal);

        var tree = await lab.App.AsAsync(UserRole.Viewer, async s => (await s.GetRequiredService<AutomationService>().TreeAsync(task, CancellationToken.None)).Value!);
        Assert.Equal(["Change something", "Say who", "Leave out", "Keep still"], tree.Tasks.Select(t => t.Name));
        Assert.Equal([RunState.Changed, RunState.Ok, RunState.Skipped, RunState.Ok], tree.Tasks.Select(t => t.State));
        Assert.Equal([lab.Hosts["one-web"], lab.Hosts["two-web"]], tree.Hosts.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => h.HostId));
        var said = tree.Tasks.First().Results[0]!;
        Assert.StartsWith("changed: [", AutomationLab.WithoutColours((await lab.GetAsync($"tasks/{task}/output?from_line={said.Line}&limit=1")).GetProperty("lines")[0].GetString()!), StringComparison.Ordinal);
        Assert.Equal(task, (await lab.GetAsync($"tasks?host_id={lab.Hosts["one-web"]}")).GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Empty((await lab.GetAsync($"tasks?host_id={lab.Hosts["nas"]}")).GetProperty("items").EnumerateArray());
        Assert.Equal(["events.jsonl", "output.idx", "output.log"], Directory.EnumerateFileSystemEntries(Path.Combine(lab.App.Folder, "runs", task)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_failed_host_and_an_unreachable_one_are_told_apart_and_run_again_alone()
    {
        await using var lab = await AutomationLab.StartAsync("good", "bad", "away");
        lab.Write("mixed.yml", """
            - name: Mixed
              hosts: all
              gather_facts: false
              tasks:
                - name: Choose
                  ansible.builtin.shell: "[ {{ inventory_hostname }} != bad ] || { echo no space left >&2; exit 3; }"
                  changed_when: false
            """);
        await lab.App.AsAsync(UserRole.Operator, async s => await s.GetRequiredService<HomelabDashboard.Features.Hosts.HostService>().UpdateAsync(lab.Hosts["away"], new() { SshPort = 1 }, CancellationToken.None));
        await Until.TrueAsync(() => lab.App.Services.GetRequiredService<HomelabDashboard.Features.Hosts.HostConnections>().Live.Get(lab.Hosts["away"]) is null, "away is gone");
        var run = await lab.EndAsync(await lab.RunAsync("mixed.yml", new { target = "all" }));

        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.StartsWith(
            "bad failed at Choose: no space left away could not be reached at Choose: The dashboard is not connected to this host.",
            run.GetProperty("error_message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, run.GetProperty("hosts_failed").GetInt32());

        var again = (await lab.PostAsync($"tasks/{run.GetProperty("id").GetString()}/rerun", new { failed_only = true })).GetProperty("task_id").GetString()!;
        var second = await lab.EndAsync(again);
        Assert.Equal(("away:bad", 2), (second.GetProperty("target").GetString(), second.GetProperty("hosts_impacted").GetInt32()));
    }

    [Fact]
    public async Task A_playbook_that_cannot_be_read_is_not_called_unreachable()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("broken.yml", "- hosts: all\n  tasks:\n    - name: [unclosed\n");
        var run = await lab.EndAsync(await lab.RunAsync("broken.yml", new { target = "all" }));
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.StartsWith("Ansible could not begin: ", run.GetProperty("error_message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, run.GetProperty("hosts_impacted").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_run_and_one_that_takes_too_long_end_with_all_they_started(bool cancelled)
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("sleep.yml", Sleeping);
        var task = await lab.RunAsync("sleep.yml", new { target = "all", timeout = cancelled ? 600 : 4 });
        var leader = await LeaderAsync(lab, task);
        if (cancelled)
        {
            await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{task}")).GetProperty("message").GetString() == "Sleep for long", "it sleeps");
            using var second = await lab.Api.PostAsJsonAsync("/api/v1/playbooks/sleep.yml/run", new { target = "all" });
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
            await lab.PostAsync($"tasks/{task}/cancel", new { });
        }

        var run = await lab.EndAsync(task);
        Assert.Equal(cancelled ? "cancelled" : "timeout", run.GetProperty("status").GetString());
        Assert.Empty(ProcessSession.Members(leader));
        await Until.TrueAsync(async () => (await lab.GetAsync($"operations/{task}")).GetProperty("status").GetString() == "failed", "the operation ends with it");
    }

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
        var leader = await LeaderAsync(lab, task);
        await Until.TrueAsync(async () => (await lab.OutputAsync(task)).Contains("TASK [Wait]", StringComparison.Ordinal), "it waits");
        foreach (var pid in ProcessSession.Members(leader))
        {
            var seen = await File.ReadAllTextAsync($"/proc/{pid}/cmdline") + await File.ReadAllTextAsync($"/proc/{pid}/environ");
            Assert.DoesNotContain("s3cret", seen, StringComparison.Ordinal);
        }

        var run = await lab.EndAsync(task);
        Assert.Equal("completed", run.GetProperty("status").GetString());
        Assert.Contains("11 ", await lab.OutputAsync(task), StringComparison.Ordinal);
        using var again = await lab.Api.PostAsJsonAsync($"/api/v1/tasks/{task}/rerun", new { });
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

    [Theory]
    [InlineData("--check.yml", "all", null, null)]
    [InlineData("../x.yml", "all", null, null)]
    [InlineData("collect-facts.yml", "--connection=local", null, null)]
    [InlineData("collect-facts.yml", "@/etc/passwd", null, null)]
    [InlineData("collect-facts.yml", "all", "-c local", null)]
    [InlineData("collect-facts.yml", "all", "nas:@/etc/passwd", null)]
    [InlineData("collect-facts.yml", "all", null, "a b")]
    [InlineData("collect-facts.yml", "host:--", null, null)]
    public async Task What_could_be_an_option_or_a_file_is_refused(string playbook, string target, string? limit, string? tags)
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        using var answer = await api.PostAsJsonAsync($"/api/v1/playbooks/{Uri.EscapeDataString(playbook)}/run", new { target, limit, tags });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Facts_that_were_gathered_are_kept()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        var run = await lab.EndAsync(await lab.RunAsync("collect-facts.yml", new { target = "all" }));
        Assert.Equal("completed", run.GetProperty("status").GetString());
        await using var db = await lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        var facts = await db.Set<HostAnsibleFacts>().SingleAsync();
        Assert.Equal(lab.Hosts["nas"], facts.HostId);
        using var json = JsonDocument.Parse(facts.Facts);
        Assert.False(string.IsNullOrEmpty(json.RootElement.GetProperty("kernel").GetString()));
    }

    private static async Task<int> LeaderAsync(AutomationLab lab, string task)
    {
        var leader = 0;
        await Until.TrueAsync(
            () =>
            {
                foreach (var folder in Directory.EnumerateDirectories("/proc"))
                {
                    if (int.TryParse(Path.GetFileName(folder), out var pid) && File.Exists($"{folder}/environ"))
                    {
                        try
                        {
                            if (File.ReadAllText($"{folder}/environ").Contains(task, StringComparison.Ordinal) && ProcessSession.Members(pid).Contains(pid))
                            {
                                leader = pid;
                                return true;
                            }
                        }
                        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                        {
                        }
                    }
                }

                return false;
            },
            $"ansible runs for {task} in {lab.App.Folder}",
            TimeSpan.FromSeconds(30));
        return leader;
    }
}
