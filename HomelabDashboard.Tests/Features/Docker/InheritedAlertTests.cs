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
    public async Task An_unhealthy_container_keeps_its_alert_until_it_is_seen_healthy()
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

            await db.SaveChangesAsync();
            before.KeepFolder();
        }

        await using var app = TestApp.Start(settings, folder: folder);
        var board = app.Services.GetRequiredService<DockerBoard>();
        var alerts = app.Services.GetRequiredService<DockerAlerts>();
        Assert.Equal(["ill", "well"], Open());
        See();
        board.Hosts.Set("nas", new("nas", DockerStatus.Running, null, "Docker", "27.0", Live: true, null));
        await Until.TrueAsync(() => !Open().Contains("well"), "that of the one that is well is closed");
        Assert.Equal(["ill"], Open());

        var ill = board.Containers.Snapshot().Values.Single(c => c.Name == "ill");
        board.Containers.Set(ill.Id, ill with { Health = ContainerHealth.Healthy });
        See();
        await Until.TrueAsync(() => !Open().Any(), "it is closed once the container is well");

        IEnumerable<string> Open() => alerts.Live.Snapshot().Values.Select(a => a.ContainerName).Order();

        void See() => alerts.Seen("nas", [.. board.Containers.Snapshot().Values], isAll: true, TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
