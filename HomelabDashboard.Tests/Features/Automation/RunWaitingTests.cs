using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Runs wait for their turn, also over a restart, and for their hosts to be connected.</summary>
public sealed class RunWaitingTests
{
    [Fact]
    public async Task A_run_that_waits_for_another_is_not_said_to_run_and_leaves_no_secret_when_it_is_cancelled()
    {
        await using var lab = await AutomationLab.StartAsync(new Dictionary<string, string> { ["Homelab:Automation:RunsAtOnce"] = "1" }, "nas");
        lab.Write("sleep.yml", AutomationLab.Sleeping);
        var first = await lab.RunAsync("sleep.yml", new { target = "all" });
        await Until.TrueAsync(async () => (await lab.GetAsync($"tasks/{first}")).GetProperty("status").GetString() == "running", "the first runs");
        var second = await lab.RunAsync("sleep.yml", new { target = "nas", become_password = "another-s3cret" });
        JsonElement waiting = default;
        await Until.TrueAsync(async () => (waiting = await lab.GetAsync($"tasks/{second}")).GetProperty("message").GetString() is not null, "the second waits");
        Assert.Equal(("pending", "Waiting for another run to end."), (waiting.GetProperty("status").GetString(), waiting.GetProperty("message").GetString()));
        await lab.PostAsync($"tasks/{second}/cancel", new { });
        Assert.Equal("cancelled", (await lab.EndAsync(second)).GetProperty("status").GetString());
        Assert.Null(lab.App.Services.GetRequiredService<RunSecrets>().Take(second));

        // What a worker says of an operation holds for its run too.
        var leader = await AutomationLab.LeaderAsync(first);
        var operation = await lab.GetAsync($"operations/{first}");
        await lab.PostAsync("workers/heartbeat", new[]
        {
            new { target = operation.GetProperty("target").GetString(), kind = "playbook_run", status = "failed", error = "It gave up.", completed_at = TimeProvider.System.GetUtcNow().UtcDateTime },
        });
        var run = await lab.EndAsync(first);
        Assert.Equal(("failed", "It gave up."), (run.GetProperty("status").GetString(), run.GetProperty("error_message").GetString()));
        operation = await lab.GetAsync($"operations/{first}");
        Assert.Equal(("failed", "It gave up."), (operation.GetProperty("status").GetString(), operation.GetProperty("error").GetString()));
        Assert.Empty(ProcessSession.Members(leader));
    }

    [Fact]
    public async Task Runs_that_waited_when_the_dashboard_ended_are_done_after_it_but_not_without_their_password()
    {
        var settings = new Dictionary<string, string> { ["Homelab:Automation:RunsAtOnce"] = "1" };
        await using var lab = await AutomationLab.StartAsync(settings, "nas");
        lab.Write("sleep.yml", AutomationLab.Sleeping);
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
}
