using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Tests.Features.Automation;

/// <summary>The tree of a run is what its events tell.</summary>
public sealed class RunProgressTests
{
    [Fact]
    public void A_play_in_batches_is_one_play_and_its_tasks_took_what_the_batches_took_together()
    {
        var progress = new RunProgress(new Dictionary<string, string>());
        foreach (var (host, begun) in new[] { ("one", 100.0), ("two", 200.0) })
        {
            progress.Take(new RunEvent { E = "play", Id = "p", Name = "Roll out", At = begun });
            progress.Take(new RunEvent { E = "task", Id = "first", Name = "First", At = begun });
            progress.Take(new RunEvent { E = "result", Host = host, Task = "first", Status = "ok", Ms = 2000, At = begun + 2 });
            progress.Take(new RunEvent { E = "task", Id = "second", Name = "Second", At = begun + 2 });
            progress.Take(new RunEvent { E = "result", Host = host, Task = "second", Status = "changed", Ms = 5000, At = begun + 7 });
        }

        var tree = progress.Tree();
        var play = Assert.Single(tree.Plays);
        Assert.Equal([("First", TimeSpan.FromSeconds(4)), ("Second", TimeSpan.FromSeconds(10))], play.Tasks.Select(t => (t.Name, t.Duration!.Value)));
        Assert.Equal([RunState.Ok, RunState.Ok], play.Tasks[0].Results.Select(r => r!.State));
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], tree.Hosts.Select(h => h.Busy));
    }

    [Fact]
    public void A_run_with_more_tasks_than_are_shown_says_so_and_counts_them_all()
    {
        var progress = new RunProgress(new Dictionary<string, string>());
        for (var i = 0; i <= RunProgress.MostTasks; i++)
        {
            Assert.False(progress.IsCut);
            progress.Take(new RunEvent { E = "task", Id = $"{i}", Name = $"Task {i}" });
            progress.Take(new RunEvent { E = "result", Host = "nas", Task = $"{i}", Status = i < RunProgress.MostTasks ? "ok" : "failed", Msg = "no room" });
        }

        Assert.True(progress.IsCut);
        Assert.Equal((RunProgress.MostTasks, 1), (progress.Tree().Tasks.Count(), progress.HostsFailed));
        var host = Assert.Single(progress.Tree().Hosts);
        Assert.Equal((RunProgress.MostTasks, 1, "no room"), (host.Counts.Ok, host.Counts.Failed, host.Message));
    }
}
