using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>A run that the dashboard itself fails ends as failed, and says so.</summary>
public sealed class RunFaultTests
{
    private const string Fault = "This failed through a fault of the dashboard's; its log says more.";

    [Fact]
    public async Task A_run_whose_output_has_no_place_ends_as_failed()
    {
        await using var lab = await AutomationLab.StartAsync("nas");
        lab.Write("sleep.yml", AutomationLab.Sleeping);
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
}
