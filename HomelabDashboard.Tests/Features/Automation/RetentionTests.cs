using HomelabDashboard.Data;
using HomelabDashboard.Features.Automation;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>Old runs go with their output; what goes on, and what is kept, stays.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Runs_past_their_time_or_too_many_go_and_so_does_output_of_no_run()
    {
        await using var app = TestApp.Start(new Dictionary<string, string> { ["Homelab:Automation:KeepRuns"] = "10", ["Homelab:Automation:KeepRunsDays"] = "30" });
        var files = app.Services.GetRequiredService<RunFiles>();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        for (var i = 0; i < 14; i++)
        {
            Add($"run-{i:00}", AutomationTaskStatus.Completed, now.AddDays(i == 12 ? -31 : -29));
        }

        Add("open-old", AutomationTaskStatus.Running, now.AddDays(-40));
        await db.SaveChangesAsync();
        foreach (var task in db.Set<AutomationTask>().Local)
        {
            using var writer = new RunWriter(files, task.Id, long.MaxValue);
            writer.Line("said"u8);
        }

        Directory.CreateDirectory(files.Folder("of-no-run"));

        await app.Services.GetRequiredService<RunBoard>().PruneOnceAsync(CancellationToken.None);

        string[] kept = ["open-old", .. Enumerable.Range(0, 14).Where(i => i is > 3 and not 12).Select(i => $"run-{i:00}")];
        Assert.Equal(kept, await db.Set<AutomationTask>().Select(t => t.Id).OrderBy(id => id).ToListAsync());
        Assert.Equal(kept, files.Ids().Order(StringComparer.Ordinal));
        Assert.Equal(kept, await db.Set<TaskHost>().Select(t => t.TaskId).OrderBy(id => id).ToListAsync());

        void Add(string id, AutomationTaskStatus status, DateTime at)
        {
            db.Add(new AutomationTask { Id = id, Action = RunRows.Action, Target = "all", Playbook = "x.yml", Status = status, CreatedAt = at });
            db.Add(new TaskHost { TaskId = id, HostName = "nas" });
        }
    }
}
