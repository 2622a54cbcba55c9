using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>What a run may be asked for, and how that is kept.</summary>
public sealed class RunRulesTests
{
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

    [Theory]
    [InlineData("all", "one", "one")]
    [InlineData("group:web", null, "one three")]
    [InlineData("group:web", "three:two", "three")]
    [InlineData("one:two", "t*", "two")]
    [InlineData("web:&lab", "!three", "one")]
    [InlineData("t*", "&web", "three")]
    [InlineData("*:!web", null, "two")]
    public async Task A_limit_leaves_those_of_the_target_that_it_names(string target, string? limit, string hosts)
    {
        Assert.Empty(RunRules.Check(new RunRequest("x.yml", target) { Limit = limit }, null));
        var pattern = RunRules.Limit(target == RunRules.All ? null : target.Replace(RunRules.GroupPrefix, "", StringComparison.Ordinal), limit)!;
        var inventory = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(inventory, "[web]\none\nthree\n[lab]\none\ntwo\nthree\n");
            using var ansible = Process.Start(new ProcessStartInfo("ansible", ["-i", inventory, "all", "--list-hosts", "--limit=" + pattern]) { RedirectStandardOutput = true })!;
            var listed = (await ansible.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1);
            Assert.Equal(hosts, string.Join(' ', listed));
        }
        finally
        {
            File.Delete(inventory);
        }
    }

    [Fact]
    public void A_secret_without_a_value_is_asked_for() => Assert.StartsWith(
        "Give proxy_password a value", Assert.Single(RunRules.Check(new RunRequest("x.yml", "all") { ExtraVars = """{"proxy_password": null, "port": null}""" }, null)["extra_vars"]), StringComparison.Ordinal);

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
}
