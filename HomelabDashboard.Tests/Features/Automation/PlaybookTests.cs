using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Components.Pages.Automation;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Ansible;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Playbooks are written, kept and checked by real ansible-lint; the inventory is read by real Ansible.</summary>
public sealed class PlaybookTests(ITestOutputHelper output)
{
    private const string Odd = "- hosts: all\n  tasks:\n    - shell: echo hi\n";
    private const string Good = "---\n- name: Say hello\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n";

    [Fact]
    public async Task A_save_on_top_of_another_text_than_one_has_seen_is_refused_and_each_is_kept()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        using var made = await SaveAsync(api, "mine.yml", "one\n", null);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var first = made.Headers.ETag!.Tag;
        using (var again = await SaveAsync(api, "mine.yml", "two\n", null))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, again.StatusCode);
        }

        using (var changed = await SaveAsync(api, "mine.yml", "three\n", first))
        {
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        }

        using (var late = await SaveAsync(api, "mine.yml", "four\n", first))
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        }

        Assert.Equal("three\n", (await api.GetFromJsonAsync<JsonElement>("/api/v1/playbooks/mine.yml")).GetProperty("content").GetString());
        var versions = await app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<PlaybookService>().VersionsAsync("mine.yml", CancellationToken.None));
        Assert.Equal(2, versions.Count);
        Assert.Equal("one\n", await app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<PlaybookService>().VersionAsync("mine.yml", versions[1].Id, CancellationToken.None)));
        using var viewer = await app.ProgramAsync(UserRole.Viewer);
        using var refused = await SaveAsync(viewer, "mine.yml", "five\n", null);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Each_playbook_is_listed_with_its_last_run_however_many_there_were()
    {
        await using var app = TestApp.Start();
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            db.AddRange(Enumerable.Range(0, 5_000).Select(i => new AutomationTask
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"0199-{i:0000}"),
                Action = RunRows.Action,
                Target = RunRules.All,
                Playbook = PlaybookFolder.Starters.ElementAt(i % 2),
                Request = RunRows.Write(new RunRequest(PlaybookFolder.Starters.ElementAt(i % 2), RunRules.All)),
                Status = AutomationTaskStatus.Completed,
            }));
            await db.SaveChangesAsync();
        }

        var clock = Stopwatch.StartNew();
        var all = await app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<AutomationService>().PlaybooksAsync(CancellationToken.None));
        output.WriteLine($"Listed in {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(["0199-4998", "0199-4999"], PlaybookFolder.Starters.Take(2).Select(name => all.Single(p => p.Name == name).LastRun?.Id));
        Assert.All(all.Where(p => !PlaybookFolder.Starters.Take(2).Contains(p.Name)), p => Assert.Null(p.LastRun));
        Assert.Equal(all.Select(p => p.Name), await app.AsAsync(UserRole.Viewer, s => s.GetRequiredService<AutomationService>().PlaybookNamesAsync()));
    }

    [Fact]
    public async Task A_name_cannot_leave_the_folder_and_a_link_is_not_followed()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        foreach (var name in new[] { "..%2Fx.yml", "-x.yml", ".x.yml", "x.txt", "a%2Fb.yml" })
        {
            using var answer = await SaveAsync(api, name, "x", null);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{name}: {answer.StatusCode}");
        }

        var outside = Path.Combine(app.Folder, "outside.yml");
        await File.WriteAllTextAsync(outside, "secret");
        File.CreateSymbolicLink(Path.Combine(app.Folder, "playbooks", "link.yml"), outside);
        using (var read = await api.GetAsync("/api/v1/playbooks/link.yml"))
        {
            Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        }

        using (var written = await SaveAsync(api, "link.yml", "changed", null))
        {
            Assert.Equal(HttpStatusCode.BadRequest, written.StatusCode);
        }

        Assert.Equal("secret", await File.ReadAllTextAsync(outside));
        using var large = await SaveAsync(api, "large.yml", new string('#', PlaybookFolder.LargestPlaybook + 1), null);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task A_saved_playbook_is_checked_by_ansible_lint_and_those_to_begin_with_are_without_fault()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        using (await SaveAsync(api, "odd.yml", Odd, null))
        {
        }

        using (await SaveAsync(api, "broken.yml", "- hosts: all\n  tasks:\n    - name: [unclosed\n", null))
        {
        }

        foreach (var starter in PlaybookFolder.Starters)
        {
            using var asked = await api.PostAsync($"/api/v1/playbooks/{starter}/lint", null);
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        }

        var odd = await LintAsync(api, "odd.yml");
        var issues = odd.GetProperty("issues").EnumerateArray().ToList();
        Assert.Contains(issues, i => i.GetProperty("rule").GetString() == "no-changed-when" && i.GetProperty("line").GetInt32() == 3);
        Assert.Equal(odd.GetProperty("total_issues").GetInt32(), odd.GetProperty("errors_count").GetInt32() + odd.GetProperty("warnings_count").GetInt32());
        Assert.InRange(odd.GetProperty("quality_score").GetInt32(), 1, 90);
        var broken = await LintAsync(api, "broken.yml");
        Assert.Equal(("load-failure", 4), (broken.GetProperty("issues")[0].GetProperty("rule").GetString(), broken.GetProperty("issues")[0].GetProperty("line").GetInt32()));
        foreach (var starter in PlaybookFolder.Starters)
        {
            var lint = await LintAsync(api, starter);
            Assert.True(lint.GetProperty("quality_score").GetInt32() >= 99, $"{starter}: {lint}");
        }

        // What is changed from a shell is not what was checked.
        Assert.False(odd.GetProperty("of_older_text").GetBoolean());
        Assert.Equal(JsonValueKind.Number, await ScoreAsync("odd.yml"));
        await File.AppendAllTextAsync(Path.Combine(app.Folder, "playbooks", "odd.yml"), "\n");
        Assert.True((await LintAsync(api, "odd.yml")).GetProperty("of_older_text").GetBoolean());
        Assert.Equal(JsonValueKind.Null, await ScoreAsync("odd.yml"));

        // Nor is an older copy that is put back.
        var path = Path.Combine(app.Folder, "playbooks", "broken.yml");
        Assert.Equal(JsonValueKind.Number, await ScoreAsync("broken.yml"));
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddDays(-3));
        Assert.True((await LintAsync(api, "broken.yml")).GetProperty("of_older_text").GetBoolean());
        Assert.Equal(JsonValueKind.Null, await ScoreAsync("broken.yml"));

        async Task<JsonValueKind> ScoreAsync(string name) => (await api.GetFromJsonAsync<JsonElement>("/api/v1/playbooks")).GetProperty("items").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == name).GetProperty("quality_score").ValueKind;
    }

    [Fact]
    public async Task A_finding_in_a_file_that_is_taken_in_is_told_as_of_that_file_though_it_has_the_playbooks_name()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        var tasks = Directory.CreateDirectory(Path.Combine(app.Folder, "playbooks", "tasks")).FullName;
        await File.WriteAllTextAsync(Path.Combine(tasks, "same.yml"), "---\n- name: Say nothing\n  ansible.builtin.ping:\n\n- name: Say hi\n  ansible.builtin.command: echo hi\n");
        using (await SaveAsync(api, "same.yml", "---\n- name: Same\n  hosts: all\n  gather_facts: false\n  tasks:\n    - name: Take it in\n      ansible.builtin.include_tasks: tasks/same.yml\n\n    - name: Say ho\n      ansible.builtin.command: echo ho\n", null))
        {
        }

        var issues = (await LintAsync(api, "same.yml")).GetProperty("issues").EnumerateArray()
            .Where(i => i.GetProperty("rule").GetString() == "no-changed-when")
            .Select(i => (Line: i.GetProperty("line").GetInt32(), Detail: i.GetProperty("detail").GetString() ?? "")).OrderBy(i => i.Line).ToList();
        Assert.Equal([1, 9], issues.Select(i => i.Line));
        Assert.StartsWith("tasks/same.yml, line 5.", issues[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("same.yml", issues[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ansible_lint_the_syntax_alone_is_checked_and_it_says_so()
    {
        var programs = Directory.CreateTempSubdirectory("homelab-programs-").FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "ansible-playbook"), new AnsiblePrograms().Playbook!);
        await using var app = TestApp.Start(services: s => s.AddSingleton(new AnsiblePrograms(programs)));
        using var api = await app.ProgramAsync(UserRole.Operator);
        foreach (var (name, text) in new[] { ("odd.yml", Odd), ("broken.yml", "- hosts: all\n  tasks:\n    - name: [unclosed\n") })
        {
            using var saved = await SaveAsync(api, name, text, null);
            Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        }

        var odd = await LintAsync(api, "odd.yml");
        Assert.Equal((true, 100, 0), (odd.GetProperty("syntax_only").GetBoolean(), odd.GetProperty("quality_score").GetInt32(), odd.GetProperty("total_issues").GetInt32()));
        var broken = await LintAsync(api, "broken.yml");
        var issue = Assert.Single(broken.GetProperty("issues").EnumerateArray());
        Assert.Equal((true, "syntax-check"), (broken.GetProperty("syntax_only").GetBoolean(), issue.GetProperty("rule").GetString()));
        Assert.InRange(issue.GetProperty("line").GetInt32(), 3, 4);

        // With neither, nothing is said to be checked.
        File.Delete(Path.Combine(programs, "ansible-playbook"));
        using var refused = await api.PostAsync("/api/v1/playbooks/odd.yml/lint", null);
        Assert.Contains("ansible-playbook was not found", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(refused.IsSuccessStatusCode);
        Directory.Delete(programs);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_told_of_and_neither_overwritten_nor_deleted()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        var file = Path.Combine(app.Folder, "playbooks", "large.yml");
        await File.WriteAllTextAsync(file, new string('#', PlaybookFolder.LargestPlaybook + 1));
        using var read = await api.GetAsync("/api/v1/playbooks/large.yml");
        using var saved = await SaveAsync(api, "large.yml", "---\n", null);
        using var deleted = await api.DeleteAsync("/api/v1/playbooks/large.yml");
        foreach (var answer in new[] { read, saved, deleted })
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            Assert.Contains("more than 512 KiB", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(PlaybookFolder.LargestPlaybook + 1, new FileInfo(file).Length);
    }

    [Fact]
    public async Task A_check_tells_of_the_text_that_is_there_and_of_no_other()
    {
        await using var app = TestApp.Start();
        using var api = await app.ProgramAsync(UserRole.Operator);
        var lints = app.Services.GetRequiredService<LiveStore<string, PlaybookLint>>();
        var operations = app.Services.GetRequiredService<LiveStore<string, OperationRecord>>();
        using var first = await SaveAsync(api, "mine.yml", Odd, null);
        await Until.TrueAsync(() => Check("mine.yml") is { Status: OperationStatus.Running }, "it is being checked");
        using var second = await SaveAsync(api, "mine.yml", Good, first.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        await Until.TrueAsync(() => Check("mine.yml") is { IsOpen: false }, "the check is over", TimeSpan.FromSeconds(120));
        Assert.Equal(100, lints.Get("mine.yml")?.QualityScore);

        // The check that was under way at the save ends before it comes to the new text.
        using var third = await SaveAsync(api, "late.yml", Odd, null);
        await Until.TrueAsync(() => Check("late.yml") is { Status: OperationStatus.Running }, "it is being checked");
        using var fourth = await SaveAsync(api, "late.yml", Good, third.Headers.ETag!.Tag);
        using var cancelled = await api.PostAsync($"/api/v1/operations/{Check("late.yml")!.Id}/cancel", null);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await Until.TrueAsync(() => lints.Get("late.yml")?.QualityScore == 100, "the new text is checked", TimeSpan.FromSeconds(60));

        using var gone = await SaveAsync(api, "gone.yml", Odd, null);
        await Until.TrueAsync(() => Check("gone.yml") is { Status: OperationStatus.Running }, "it is being checked");
        using var deleted = await api.DeleteAsync("/api/v1/playbooks/gone.yml");
        await Until.TrueAsync(() => Check("gone.yml") is { IsOpen: false }, "the check is over", TimeSpan.FromSeconds(120));
        Assert.Null(lints.Get("gone.yml"));
        using var answer = await api.GetAsync("/api/v1/playbooks/gone.yml/lint");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        OperationRecord? Check(string name) => operations.Snapshot().Values.Where(o => o.Kind == PlaybookLinter.OperationKind && o.Target == PlaybookLinter.TargetPrefix + name).MaxBy(o => o.Id, StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_inventory_is_read_by_Ansible_from_a_shell()
    {
        await using var lab = await AutomationLab.StartAsync("nas", "one-web");
        await lab.PostAsync("hosts/import", new { format = "ansible_ini", content = "[web]\none-web tier=front\n[prod:children]\nweb\n[prod:vars]\nzone=north\n" });
        JsonElement inventory = default;
        await Until.TrueAsync(
            async () =>
            {
                var start = new ProcessStartInfo("ansible-inventory", ["-i", Path.Combine(lab.App.Folder, "ansible", "inventory"), "--list"]) { RedirectStandardOutput = true };
                using var process = Process.Start(start)!;
                var text = await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                inventory = JsonSerializer.Deserialize<JsonElement>(text);
                return text.Contains("\"zone\"", StringComparison.Ordinal);
            },
            "the inventory has what was imported",
            TimeSpan.FromSeconds(60));
        var vars = inventory.GetProperty("_meta").GetProperty("hostvars");
        Assert.Equal((lab.Hosts["one-web"], "front", "north"), (Var("ansible_host"), Var("tier"), Var("zone")));
        Assert.Equal("one-web", inventory.GetProperty("web").GetProperty("hosts")[0].GetString());
        Assert.Equal("web", inventory.GetProperty("prod").GetProperty("children")[0].GetString());
        var ping = new ProcessStartInfo("ansible", ["-i", Path.Combine(lab.App.Folder, "ansible", "inventory"), "all", "-m", "ansible.builtin.raw", "-a", "echo here-it-is"]) { RedirectStandardOutput = true };
        var logins = lab.Server.Logins;
        using var shell = Process.Start(ping)!;
        var said = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(2, said.Split("here-it-is").Length - 1);
        Assert.Equal(logins, lab.Server.Logins);

        string? Var(string name) => vars.GetProperty("one-web").GetProperty(name).GetString();
    }

    [Fact]
    public void The_difference_of_two_texts_is_told_line_by_line()
    {
        var lines = LineDiff.Of(["a", "b", "c", "d"], ["a", "c", "x", "d"]);
        Assert.Equal([(' ', "a"), ('-', "b"), (' ', "c"), ('+', "x"), (' ', "d")], lines);
    }

    private static async Task<JsonElement> LintAsync(HttpClient api, string name)
    {
        JsonElement lint = default;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await api.GetAsync($"/api/v1/playbooks/{name}/lint");
                lint = await answer.Content.ReadFromJsonAsync<JsonElement>();
                return answer.IsSuccessStatusCode;
            },
            $"{name} is checked",
            TimeSpan.FromSeconds(120));
        return lint;
    }

    private static async Task<HttpResponseMessage> SaveAsync(HttpClient api, string name, string content, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/playbooks/{name}") { Content = JsonContent.Create(new { content }) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(ifMatch));
        }

        return await api.SendAsync(request);
    }
}
