using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
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
    private const string Fault = "This failed through a fault of the dashboard's; its log says more.";

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
        Assert.Equal(("all", 2), (second.GetProperty("target").GetString(), second.GetProperty("hosts_impacted").GetInt32()));
        Assert.Equal(run.GetProperty("id").GetString(), (await lab.GetAsync($"operations/{again}")).GetProperty("retry_of").GetString());
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

    [Theory]
    [InlineData("""{"playbook":"x.yml","target":"all"}""", null)]
    [InlineData("""{"playbook":"x.yml","target":"all","extra_vars":"{\u0022a\u0022: [1, \u0022b\u0022]}"}""", """{"a": [1, "b"]}""")]
    [InlineData("""{"playbook":"x.yml","target":"all","extra_vars":{"a":[1,"b"]}}""", """{"a":[1,"b"]}""")]
    public void What_a_run_was_asked_for_is_read_as_earlier_versions_and_this_one_wrote_it(string row, string? vars)
    {
        var record = RunRows.ToRecord(new AutomationTask { Id = "x", Action = RunRows.Action, Target = "all", Playbook = "x.yml", Request = row });
        Assert.Equal(vars, record.Request.ExtraVars);
        Assert.Equal(record.Request, RunRows.ToRecord(new AutomationTask { Id = "x", Action = RunRows.Action, Target = "all", Request = RunRows.Write(record.Request) }).Request);
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

    [Theory]
    [InlineData("""{"a": 1, "a": 2}""")]
    [InlineData("""{"a": {"b": 1, "b": 2}}""")]
    public async Task Variables_with_a_name_twice_are_refused_in_words(string vars)
    {
        await using var app = TestApp.Start();
        var started = await app.AsAsync(UserRole.Operator, s => s.GetRequiredService<AutomationService>().RunAsync(
            new RunRequest("collect-facts.yml", "all") { ExtraVars = vars }, null, CancellationToken.None));
        Assert.Equal("A name stands twice in one JSON object. Take one of the two out.", Assert.Single(started.Problem!.Errors!["extra_vars"]));
    }

    [Fact]
    public async Task A_run_whose_output_has_no_place_ends_as_failed()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("sleep.yml", Sleeping);
        var runs = Path.Combine(lab.App.Folder, "runs");
        Directory.Delete(runs, recursive: true);
        await File.WriteAllTextAsync(runs, "in the way");
        var run = await lab.EndAsync(await lab.RunAsync("sleep.yml", new { target = "all" }));
        Assert.Equal(("failed", Fault), (run.GetProperty("status").GetString(), run.GetProperty("error_message").GetString()));
    }

    [Fact]
    public async Task A_run_whose_end_cannot_be_written_whole_ends_as_failed()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("short.yml", "- name: Short\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n");
        await using var db = await lab.App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER full BEFORE INSERT ON task_hosts BEGIN SELECT RAISE(ABORT, 'no room'); END");
        var task = await lab.RunAsync("short.yml", new { target = "all" });
        var run = await lab.EndAsync(task);
        Assert.Equal(("failed", Fault), (run.GetProperty("status").GetString(), run.GetProperty("error_message").GetString()));
        Assert.Contains("ok: [nas]", await lab.OutputAsync(task), StringComparison.Ordinal);
        Assert.Equal(AutomationTaskStatus.Failed, (await db.Set<AutomationTask>().SingleAsync()).Status);
    }

    [Fact]
    public async Task A_run_that_waits_for_another_is_not_said_to_run_and_leaves_no_secret_when_it_is_cancelled()
    {
        await using var lab = await AutomationLab.StartAsync(new Dictionary<string, string> { ["Homelab:Automation:RunsAtOnce"] = "1" }, "nas");
        lab.Write("sleep.yml", Sleeping);
        var first = await lab.RunAsync("sleep.yml", new { target = "all" });
        await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{first}")).GetProperty("status").GetString() == "running", "the first runs");
        var second = await lab.RunAsync("sleep.yml", new { target = "nas", become_password = "another-s3cret" });
        JsonElement waiting = default;
        await Until.TrueAsync(async () => (waiting = await lab.GetAsync($"tasks/{second}")).GetProperty("message").GetString() is not null, "the second waits");
        Assert.Equal(("pending", "Waiting for another run to end."), (waiting.GetProperty("status").GetString(), waiting.GetProperty("message").GetString()));
        await lab.PostAsync($"tasks/{second}/cancel", new { });
        Assert.Equal("cancelled", (await lab.EndAsync(second)).GetProperty("status").GetString());
        Assert.Null(lab.App.Services.GetRequiredService<RunSecrets>().Take(second));
        await lab.PostAsync($"tasks/{first}/cancel", new { });
        await lab.EndAsync(first);
    }

    [Fact]
    public async Task Runs_that_waited_when_the_dashboard_ended_are_done_after_it_but_not_without_their_password()
    {
        var settings = new Dictionary<string, string> { ["Homelab:Automation:RunsAtOnce"] = "1" };
        await using var lab = await AutomationLab.StartAsync(settings, "nas");
        lab.Write("sleep.yml", Sleeping);
        var first = await lab.RunAsync("sleep.yml", new { target = "all" });
        await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{first}")).GetProperty("status").GetString() == "running", "the first runs");
        var second = await lab.RunAsync("collect-facts.yml", new { target = "nas", become_password = "another-s3cret" });
        var third = await lab.RunAsync("collect-facts.yml", new { target = "all" });
        lab.App.KeepFolder();
        await lab.App.DisposeAsync();

        await using var app = TestApp.Start(settings, folder: lab.App.Folder);
        var live = app.Services.GetRequiredService<RunBoard>().Live;
        await Until.TrueAsync(() => live.Get(third) is { IsOpen: false }, "what waited is over", TimeSpan.FromSeconds(90));
        Assert.Equal((AutomationTaskStatus.Completed, null), (live.Get(third)!.Status, live.Get(third)!.ErrorMessage));
        Assert.StartsWith("The password for sudo is not kept", live.Get(second)!.ErrorMessage, StringComparison.Ordinal);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        Assert.Equal(RunRows.Interrupted, (await db.Set<AutomationTask>().SingleAsync(t => t.Id == first)).ErrorMessage);
    }

    [Fact]
    public async Task A_run_at_the_start_of_the_dashboard_waits_until_its_hosts_are_connected()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.App.KeepFolder();
        await lab.App.DisposeAsync();
        await using var app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Hosts:StartSpreadSeconds"] = "15" }, folder: lab.App.Folder);
        var request = new RunRequest("collect-facts.yml", "all");
        var task = (await app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AutomationService>().RunAsync(request, null, CancellationToken.None))).Value!.TaskId;
        var live = app.Services.GetRequiredService<RunBoard>().Live;
        await Until.TrueAsync(() => live.Get(task) is { IsOpen: false }, "the run is over", TimeSpan.FromSeconds(90));
        Assert.Equal((AutomationTaskStatus.Completed, null), (live.Get(task)!.Status, live.Get(task)!.ErrorMessage));
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
    public async Task Whoever_follows_a_run_gets_each_event_once_also_after_a_break()
    {
        await using var lab = await AutomationLab.StartAsync("nas", "one-web");
        lab.Write("short.yml", "- name: Short\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n    - name: Rest\n      ansible.builtin.command: sleep 1\n      changed_when: false\n");
        var task = await lab.RunAsync("short.yml", new { target = "all" });
        var all = await FollowAsync(lab, task, null);
        Assert.Equal("completed", (await lab.GetAsync($"tasks/{task}")).GetProperty("status").GetString());
        Assert.Equal(("end", "completed"), (all[^1].Type, all[^1].Data.GetProperty("status").GetString()));
        Assert.Single(all, e => e.Type == "play");
        Assert.Equal(["Ping", "Rest"], all.Where(e => e.Type == "task").Select(e => e.Data.GetProperty("name").GetString()));
        Assert.Equal(4, all.Count(e => e.Type == "result" && e.Data.GetProperty("status").GetString() == "ok"));
        Assert.Single(all, e => e.Type == "stats");
        var lines = Lines(all).ToList();
        Assert.Equal((await lab.GetAsync($"tasks/{task}/output?limit=2000")).GetProperty("lines").EnumerateArray().Select(l => l.GetString()), lines);
        var middle = all[all.Count / 2];
        var rest = await FollowAsync(lab, task, middle.Id);
        Assert.Equal(Told(all).Skip(Count(middle.Id, 0)), Told(rest));
        Assert.Equal(lines.Skip(Count(middle.Id, 1)), Lines(rest));
        Assert.Equal(all[^1].Id, rest[^1].Id);
        using var none = await lab.Api.GetAsync("/api/v1/tasks/none/events");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        static IEnumerable<string> Told(IEnumerable<(string Type, string Id, JsonElement Data)> events) => events.Where(e => e.Type is not ("output" or "end")).Select(e => e.Data.ToString());

        static IEnumerable<string?> Lines(IEnumerable<(string Type, string Id, JsonElement Data)> events) =>
            events.Where(e => e.Type == "output").SelectMany(e => e.Data.GetProperty("lines").EnumerateArray().Select(l => l.GetString()));

        static int Count(string id, int part) => int.Parse(id.Split(':')[part], System.Globalization.CultureInfo.InvariantCulture);
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

    private static async Task<List<(string Type, string Id, JsonElement Data)>> FollowAsync(AutomationLab lab, string task, string? after)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tasks/{task}/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var answer = await lab.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        var told = new List<(string, string, JsonElement)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            told.Add((item.EventType, item.EventId!, JsonSerializer.Deserialize<JsonElement>(item.Data)));
        }

        return told;
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
