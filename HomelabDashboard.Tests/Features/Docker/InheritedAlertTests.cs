using HomelabDashboard.Data;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Docker;

/// <summary>Alerts that were open when the dashboard was started again.</summary>
public sealed class InheritedAlertTests
{
    [Fact]
    public async Task A_container_that_is_unhealthy_or_gone_keeps_its_alert_until_it_is_seen_well()
    {
        var settings = new Dictionary<string, string> { ["Homelab:DockerAlerts:HoldSeconds"] = "3600" };
        string folder;
        await using (var before = TestApp.Start(settings))
        {
            folder = before.Folder;
            await using var db = await before.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
            db.Add(new Host { Id = "nas", Name = "nas", IpAddress = "127.0.0.1", SshPort = 1, DockerEnabled = true });
            foreach (var (name, id, health) in new[] { ("ill", 'a', ContainerHealth.Unhealthy), ("well", 'b', ContainerHealth.Healthy) })
            {
                db.Add(new DockerContainer { HostId = "nas", ContainerId = new(id, 64), Name = name, State = "running", Health = health });
                db.Add(new DockerAlert { HostId = "nas", ContainerName = name, Kind = ContainerTroubleKind.Unhealthy, Severity = DockerAlertSeverity.Warning, Message = "is unhealthy" });
            }

            foreach (var (name, kind) in new[] { ("vanished", ContainerTroubleKind.Gone), ("removed", ContainerTroubleKind.Exited) })
            {
                db.Add(new DockerAlert { HostId = "nas", ContainerName = name, Kind = kind, Severity = DockerAlertSeverity.Warning, Message = "is not there" });
            }

            await db.SaveChangesAsync();
            before.KeepFolder();
        }

        await using var app = TestApp.Start(settings, folder: folder);
        var board = app.Services.GetRequiredService<DockerBoard>();
        var alerts = app.Services.GetRequiredService<DockerAlerts>();
        Assert.Equal(["ill", "removed", "vanished", "well"], Open());
        See();
        board.Hosts.Set("nas", new("nas", DockerStatus.Running, null, "Docker", "27.0", Live: true, null));
        await Until.TrueAsync(() => !Open().Contains("well") && !Open().Contains("removed"), "those of the one that is well and of the one that somebody removed are closed");
        Assert.Equal(["ill", "vanished"], Open());

        var ill = board.Containers.Snapshot().Values.Single(c => c.Name == "ill");
        board.Containers.Set(ill.Id, ill with { Health = ContainerHealth.Healthy });
        board.Containers.Set(-1, ill with { Id = -1, ContainerId = new('c', 64), Name = "vanished", Health = null });
        See();
        await Until.TrueAsync(() => !Open().Any(), "each is closed once its container is well, or there again");

        IEnumerable<string> Open() => alerts.Live.Snapshot().Values.Select(a => a.ContainerName).Order();

        void See() => alerts.Seen("nas", [.. board.Containers.Snapshot().Values], isAll: true, TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
