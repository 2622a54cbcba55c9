using System.Globalization;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>Containers of a real engine that come into trouble, to what people are told of it: one alert for each.</summary>
public abstract class ContainerAlertTests(DockerLab lab)
{
    private const int Tries = 3;
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(2);

    protected DockerLab Lab => lab;

    [Fact]
    public async Task An_end_is_seen_and_told_within_two_seconds()
    {
        var seen = new List<TimeSpan>();
        var told = new List<TimeSpan>();
        do
        {
            // By the engine's own clock, which is ours.
            var name = string.Create(CultureInfo.InvariantCulture, $"ends-{seen.Count + 1}");
            await lab.Engine.RunContainerAsync(name, "sleep 0.5; exit 3");
            var ended = (await lab.SeenAsync(name, c => c.State == "exited", "exited")).FinishedAt!.Value;
            seen.Add(TimeProvider.System.GetUtcNow().UtcDateTime - ended);
            var alert = await lab.AlertAsync(name, _ => true, "opened");
            told.Add(alert.OpenedAt - ended);
            Assert.Equal((ContainerTroubleKind.Exited, "ended unexpectedly with code 3"), (alert.Kind, alert.Message));
            await lab.Engine.DockerAsync("rm", name);
            Assert.Single(await lab.AlertsAsync(name));
        }
        while ((seen.Min() > InTime || told.Min() > InTime) && seen.Count < Tries);

        Assert.InRange(seen.Min(), TimeSpan.Zero, InTime);
        Assert.InRange(told.Min(), TimeSpan.Zero, InTime);
    }

    [Fact]
    public async Task A_container_that_keeps_restarting_is_told_once_while_it_goes_on()
    {
        await lab.Engine.RunContainerAsync("loops", "sleep 0.2; exit 3", "--restart", "always");
        var told = await lab.AlertAsync("loops", a => a.Kind == ContainerTroubleKind.Restarting, "it keeps restarting");
        Assert.Equal(DockerAlertSeverity.Critical, told.Severity);
        await lab.AlertAsync("loops", a => Ends(a) > Ends(told), "it has ended once more");
        Assert.Equal(told.Id, await LoopAsync());
        await lab.Engine.DockerAsync("rm", "-f", "loops");
        await lab.AlertAsync("loops", a => a.State == DockerAlertState.Closed, "closed");
        Assert.Equal(told.Id, await LoopAsync());

        // Where the machine takes longer to start it again than the hold time, its first end was one that lasted.
        async Task<long> LoopAsync() => Assert.Single(await lab.AlertsAsync("loops"), a => a.Kind == ContainerTroubleKind.Restarting).Id;

        static int Ends(DockerAlert alert)
        {
            var ends = int.Parse(alert.Message!.Split(' ')[4], CultureInfo.InvariantCulture);
            Assert.Equal($"keeps restarting: it ended {ends} times within 5 minutes, last with code 3", alert.Message);
            return ends;
        }
    }

    [Fact]
    public async Task A_container_that_was_removed_while_nobody_watched_is_gone_and_one_that_was_removed_in_sight_is_not()
    {
        foreach (var name in new[] { "missed", "in-sight" })
        {
            await lab.Engine.RunContainerAsync(name, "sleep 1000", "--stop-timeout", "0");
            await lab.SeenAsync(name, c => c.State == "running", "running");
        }

        await lab.Engine.DockerAsync("rm", "-f", "in-sight");
        await Until.TrueAsync(() => lab.Find("in-sight") is null, "its removal is seen");
        await lab.Server.StopAsync();
        await lab.Engine.DockerAsync("rm", "-f", "missed");
        await lab.BackAsync();
        var told = await lab.AlertAsync("missed", _ => true, "opened");
        Assert.Equal(
            (ContainerTroubleKind.Gone, DockerAlertSeverity.Warning, "is gone: it ran, and was removed while nobody watched"), (told.Kind, told.Severity, told.Message));

        // Another one in its place is the end of it.
        await lab.Engine.RunContainerAsync("missed", "sleep 1000", "--stop-timeout", "0");
        await lab.AlertAsync("missed", a => a.State == DockerAlertState.Closed, "closed");
        Assert.Single(await lab.AlertsAsync("missed"));
        Assert.Empty(await lab.AlertsAsync("in-sight"));
        await lab.Engine.DockerAsync("rm", "-f", "missed");
    }
}

/// <inheritdoc/>
public sealed class DockerAlertTests(DockerLab lab) : ContainerAlertTests(lab), IClassFixture<DockerLab>
{
    [Theory]
    [InlineData("no", "was ended because its memory was full")]
    [InlineData("on-failure", "was ended because its memory was full, and runs again")]
    public async Task A_container_that_takes_more_memory_than_it_may_is_told_once(string restart, string message)
    {
        // The kernel ends it, by a real limit; where it is started again, it is content with less.
        var name = "hungry-" + restart;
        await Lab.Engine.RunContainerAsync(
            name, "if [ ! -e /tmp/fed ]; then : > /tmp/fed; sleep 0.5; exec tail /dev/zero; fi; exec sleep 1000", "--memory", "16m", "--restart", restart);
        var told = await Lab.AlertAsync(name, a => a.Message == message, message);
        Assert.Equal((ContainerTroubleKind.OutOfMemory, DockerAlertSeverity.Critical), (told.Kind, told.Severity));
        await Lab.SeenAsync(name, c => c.IsUp == (restart != "no"), "as it is after that");
        await Lab.Engine.DockerAsync("rm", "-f", name);
        await Lab.AlertAsync(name, a => a.State == DockerAlertState.Closed, "closed");
        Assert.Single(await Lab.AlertsAsync(name));
    }
}

/// <inheritdoc/>
public sealed class PodmanAlertTests(PodmanLab lab) : ContainerAlertTests(lab), IClassFixture<PodmanLab>;
