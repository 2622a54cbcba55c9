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
                - name: Fail in silence
                  ansible.builtin.fail:
                    msg: "{{ greeting }} the-hidden-words {{ item }}"
                  loop: [1]
                  no_log: true
                  ignore_errors: true
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
        Assert.Equal(["Change something", "Say who", "Leave out", "Keep still", "Fail in silence"], tree.Tasks.Select(t => t.Name));
        Assert.Equal([RunState.Changed, RunState.Ok, RunState.Skipped, RunState.Ok, RunState.Ignored], tree.Tasks.Select(t => t.State));
        Assert.Equal([lab.Hosts["one-web"], lab.Hosts["two-web"]], tree.Hosts.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => h.HostId));
        var said = tree.Tasks.First().Results[0]!;
        Assert.StartsWith("changed: [", AutomationLab.WithoutColours((await lab.GetAsync($"tasks/{task}/output?from_line={said.Line}&limit=1")).GetProperty("lines")[0].GetString()!), StringComparison.Ordinal);
        Assert.Equal(task, (await lab.GetAsync($"tasks?host_id={lab.Hosts["one-web"]}")).GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Empty((await lab.GetAsync($"tasks?host_id={lab.Hosts["nas"]}")).GetProperty("items").EnumerateArray());
        Assert.Equal(["events.jsonl", "output.idx", "output.log"], Directory.EnumerateFileSystemEntries(Path.Combine(lab.App.Folder, "runs", task)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_check_of_some_tasks_on_some_hosts_says_what_would_change_and_changes_nothing()
    {
        await using var lab = await AutomationLab.StartAsync("nas", "one-web", "two-web");
        var file = Path.Combine(lab.App.Folder, "motd");
        await File.WriteAllTextAsync(file, "as it was\n");
        lab.Write("motd.yml", $$"""
            - name: Greeting
              hosts: all
              gather_facts: false
              tasks:
                - name: Write it
                  ansible.builtin.copy:
                    dest: {{file}}
                    content: "as it would be\n"
                    mode: "0600"
                  tags: [motd]
                - name: Never asked for
                  ansible.builtin.debug:
                    msg: something else
                  tags: [other]
            """);
        var task = await lab.RunAsync("motd.yml", new { target = "group:web", limit = "!two-web", tags = "motd", check = true });
        var run = await lab.EndAsync(task);
        Assert.Equal(("completed", 1), (run.GetProperty("status").GetString(), run.GetProperty("hosts_impacted").GetInt32()));
        var output = await lab.OutputAsync(task);
        Assert.Contains("-as it was", output, StringComparison.Ordinal);
        Assert.Contains("+as it would be", output, StringComparison.Ordinal);
        Assert.Contains("changed: [one-web]", output, StringComparison.Ordinal);
        Assert.DoesNotContain("two-web", output, StringComparison.Ordinal);
        Assert.DoesNotContain("something else", output, StringComparison.Ordinal);
        Assert.Equal("as it was\n", await File.ReadAllTextAsync(file));
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
        Assert.Equal(("all", 2), (second.GetProperty("target").GetString(), second.GetProperty("hosts_impacted").GetInt32()));
        Assert.Equal(run.GetProperty("id").GetString(), (await lab.GetAsync($"operations/{again}")).GetProperty("retry_of").GetString());
    }

    [Fact]
    public async Task Hosts_that_failed_are_run_again_however_long_their_names_but_not_where_Ansible_would_not_take_one()
    {
        string[] bad = [.. Enumerable.Range(1, 5).Select(n => $"{new string('x', 62)}{n}")];
        Assert.True(string.Join(':', bad).Length > RunRules.LongestPattern);
        await using var lab = await AutomationLab.StartAsync(["good", .. bad]);
        lab.Write("mixed.yml", """
            - name: Mixed
              hosts: all
              gather_facts: false
              tasks:
                - name: Choose
                  ansible.builtin.fail:
                    msg: no
                  when: inventory_hostname != 'good'
            """);
        var run = await lab.EndAsync(await lab.RunAsync("mixed.yml", new { target = "all" }));
        Assert.Equal((6, 5), (run.GetProperty("hosts_impacted").GetInt32(), run.GetProperty("hosts_failed").GetInt32()));
        var first = run.GetProperty("id").GetString()!;
        var again = await lab.EndAsync((await lab.PostAsync($"tasks/{first}/rerun", new { failed_only = true })).GetProperty("task_id").GetString()!);
        Assert.Equal(bad, again.GetProperty("request").GetProperty("only_hosts").EnumerateArray().Select(h => h.GetString()));
        Assert.Equal((5, 5), (again.GetProperty("hosts_impacted").GetInt32(), again.GetProperty("hosts_failed").GetInt32()));

        // As of a host that the playbook itself has added.
        await using var db = await lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        await db.Set<TaskHost>().Where(h => h.TaskId == first && h.HostName == bad[0]).ExecuteUpdateAsync(set => set.SetProperty(h => h.HostName, "@/etc/passwd"));
        using var refused = await lab.Api.PostAsJsonAsync($"/api/v1/tasks/{first}/rerun", new { failed_only = true });
        Assert.Equal((HttpStatusCode.Conflict, "TOO_MANY_HOSTS"), (refused.StatusCode, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_task_that_failed_and_was_rescued_is_at_no_time_a_failure_of_its_host()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        var over = Path.Combine(lab.App.Folder, "over");
        lab.Write("rescue.yml", $"""
            - name: Rescue
              hosts: all
              gather_facts: false
              tasks:
                - name: Try
                  block:
                    - name: Break
                      ansible.builtin.fail:
                        msg: broken
                  rescue:
                    - name: Mend within
                      block:
                        - name: Mend
                          ansible.builtin.shell: "while [ ! -e {over} ]; do sleep 0.1; done"
                          changed_when: false
            """);
        var task = await lab.RunAsync("rescue.yml", new { target = "all" });
        await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{task}")).GetProperty("message").GetString() == "Mend", "it is rescued", TimeSpan.FromSeconds(60));
        Assert.Equal(0, (await lab.GetAsync($"tasks/{task}")).GetProperty("hosts_failed").GetInt32());
        var live = Assert.Single((await TreeAsync()).Hosts);
        Assert.Equal((0, 1, null), (live.Counts.Failed, live.Counts.Rescued, live.FailedTask));
        await File.WriteAllTextAsync(over, "");
        Assert.Equal("completed", (await lab.EndAsync(task)).GetProperty("status").GetString());
        var tree = await TreeAsync();
        Assert.Equal([RunState.Rescued, RunState.Ok], tree.Tasks.Select(t => t.State));
        Assert.Equal(new RunCounts(1, 0, 0, 0, 0, 1, 0), Assert.Single(tree.Hosts).Counts);

        Task<RunTree> TreeAsync() => lab.App.AsAsync(UserRole.Viewer, async s => (await s.GetRequiredService<AutomationService>().TreeAsync(task, CancellationToken.None)).Value!);
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
        lab.Write("sleep.yml", AutomationLab.Sleeping);
        var task = await lab.RunAsync("sleep.yml", new { target = "all", timeout = cancelled ? 600 : 4 });
        var leader = await AutomationLab.LeaderAsync(task);
        if (cancelled)
        {
            await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{task}")).GetProperty("message").GetString() == "Sleep for long", "it sleeps");
            using var second = await lab.Api.PostAsJsonAsync("/api/v1/playbooks/sleep.yml/run", new { target = "all" });
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
            using var stranger = await OtherOperatorAsync(lab);
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.PostAsync($"/api/v1/tasks/{task}/cancel", null)).StatusCode);
            await lab.PostAsync($"tasks/{task}/cancel", new { });
            await lab.App.LineAsync("operator cancelled the playbook run of sleep.yml, asked for by operator.");
        }

        var run = await lab.EndAsync(task);
        Assert.Equal(cancelled ? "cancelled" : "timeout", run.GetProperty("status").GetString());
        Assert.Empty(ProcessSession.Members(leader));
        await Until.TrueAsync(async () => (await lab.GetAsync($"operations/{task}")).GetProperty("status").GetString() == "failed", "the operation ends with it");
    }

    [Fact]
    public async Task What_is_no_text_is_told_without_breaking_what_is_told()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("odd.yml", """
            - name: Odd
              hosts: all
              gather_facts: false
              tasks:
                - name: Say half a pair
                  ansible.builtin.debug:
                    msg: "before {{ '/w==' | b64decode }} after"
                - name: Fail with half a pair
                  ansible.builtin.fail:
                    msg: "cannot read {{ '/w==' | b64decode }}, sørry"
            """);
        var task = await lab.RunAsync("odd.yml", new { target = "all" });
        var run = await lab.EndAsync(task);
        Assert.Equal("nas failed at Fail with half a pair: cannot read ?, sørry", run.GetProperty("error_message").GetString());
        Assert.Contains("before ? after", await lab.OutputAsync(task), StringComparison.Ordinal);
        var tree = await lab.App.AsAsync(UserRole.Viewer, async s => (await s.GetRequiredService<AutomationService>().TreeAsync(task, CancellationToken.None)).Value!);
        Assert.Equal([RunState.Ok, RunState.Failed], tree.Tasks.Select(t => t.State));
    }

    [Fact]
    public async Task A_host_that_is_cut_off_in_the_middle_is_unreachable_and_the_others_go_on()
    {
        await using var lab = await AutomationLab.StartAsync("good");
        await using var server = await SshServer.StartAsync("127.0.0.99");
        server.Authorize((await lab.GetAsync("ssh-key")).GetProperty("public_key").GetString()!);
        await lab.AddAsync("cut", server.Address, server);
        var (begun, over) = (Path.Combine(lab.App.Folder, "begun"), Path.Combine(lab.App.Folder, "over"));
        lab.Write("work.yml", $$$"""
            - name: Work
              hosts: all
              gather_facts: false
              tasks:
                - name: Work on it
                  ansible.builtin.shell: "touch {{{begun}}}-{{ inventory_hostname }}; while [ ! -e {{{over}}} ]; do sleep 0.1; done"
                  changed_when: false
                - name: Say so
                  ansible.builtin.debug:
                    msg: "{{ inventory_hostname }} is done"
            """);
        var task = await lab.RunAsync("work.yml", new { target = "all" });
        await Until.TrueAsync(() => File.Exists(begun + "-good") && File.Exists(begun + "-cut"), "both work", TimeSpan.FromSeconds(60));
        await server.StopAsync();
        await Until.TrueAsync(async () => (await lab.OutputAsync(task)).Contains("fatal: [cut]: UNREACHABLE!", StringComparison.Ordinal), "it is seen", TimeSpan.FromSeconds(60));
        await File.WriteAllTextAsync(over, "");
        var run = await lab.EndAsync(task);
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.StartsWith("cut could not be reached at Work on it: ", run.GetProperty("error_message").GetString(), StringComparison.Ordinal);
        var output = await lab.OutputAsync(task);
        Assert.Contains("good is done", output, StringComparison.Ordinal);
        Assert.DoesNotContain("cut is done", output, StringComparison.Ordinal);
        var tree = await lab.App.AsAsync(UserRole.Viewer, async s => (await s.GetRequiredService<AutomationService>().TreeAsync(task, CancellationToken.None)).Value!);
        Assert.Equal([("cut", 1, 0), ("good", 0, 2)], tree.Hosts.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => (h.Name, h.Counts.Unreachable, h.Counts.Ok)));
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

    private static async Task<HttpClient> OtherOperatorAsync(AutomationLab lab)
    {
        using var admin = await lab.App.ProgramAsync(UserRole.Admin);
        using var made = await admin.PostAsJsonAsync("/api/v1/users", new { username = "other", password = TestApp.Password, role = "operator" });
        var other = lab.App.Anonymous();
        using var token = await other.PostAsJsonAsync("/api/v1/auth/token", new { username = "other", password = TestApp.Password });
        other.DefaultRequestHeaders.Authorization = new("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString());
        return other;
    }
}
