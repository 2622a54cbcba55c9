using System.Net;
using System.Net.Http.Json;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.AlertRules;

/// <summary>What the rules make of containers in trouble.</summary>
public sealed class ContainerRuleTests : RuleLab
{
    [Fact]
    public async Task Containers_of_a_host_that_answers_are_in_the_inbox_and_those_of_a_dead_one_are_held_back()
    {
        Online("web");
        Set("nas", HostStatus.Offline);
        await using (var db = await Database())
        {
            db.AddRange(
                new DockerAlert { HostId = "web", ContainerName = "shop", Message = "ended unexpectedly with code 1" },
                new DockerAlert { HostId = "nas", ContainerName = "plex", Message = "ended unexpectedly with code 2" });
            await db.SaveChangesAsync();
        }

        var docker = App.Services.GetRequiredService<DockerAlerts>();
        await docker.ChangeAsync(1, _ => { }, CancellationToken.None);
        await docker.ChangeAsync(2, _ => { }, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.Any(a => a.Title == "shop on web ended unexpectedly with code 1"), "it is in the inbox");
        Assert.DoesNotContain("plex", Titles());

        var id = Book.Live.Snapshot().Values.Single(a => a.Source == "docker").Id;
        await App.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(id, CancellationToken.None));
        await Until.TrueAsync(() => docker.Live.Get(1) is { State: DockerAlertState.Acknowledged, AcknowledgedBy: TestApp.AdminName }, "it is acknowledged there too");
        await docker.DismissAsync(1, CancellationToken.None);
        await Until.TrueAsync(() => !Titles().Contains("shop", StringComparison.Ordinal), "it is over");
        Online("nas");
        await Until.TrueAsync(() => Titles().Contains("plex on nas", StringComparison.Ordinal), "what was held back is told once its host answers");
    }

    [Fact]
    public async Task A_container_that_flaps_is_one_alert()
    {
        Online("web");
        var name = new string('x', 255);
        await using var db = await Database();
        var docker = App.Services.GetRequiredService<DockerAlerts>();
        for (var i = 1; i <= 3; i++)
        {
            db.Add(new DockerAlert { HostId = "web", ContainerName = name, Message = "ended unexpectedly with code 1" });
            await db.SaveChangesAsync();
            await docker.ChangeAsync(i, _ => { }, CancellationToken.None);
            await Until.TrueAsync(() => Book.Live.Snapshot().Values.Any(a => a.Source == "docker" && a.Count == i), $"it is in the inbox, {i} times");
            await docker.DismissAsync(i, CancellationToken.None);
            await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Source != "docker"), "it is over");
            Clock.Pass(TimeSpan.FromMinutes(4));
        }

        Assert.Equal(3, Assert.Single(await db.Set<Alert>().AsNoTracking().Where(a => a.Source == "docker").ToListAsync()).Count);
    }

    [Fact]
    public async Task Rules_say_which_containers_are_told_and_how_bad_that_is()
    {
        Online("nas");
        Online("web");
        using var api = await App.ProgramAsync(UserRole.Operator);
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await TroubleAsync("nas", "plex", ContainerTroubleKind.Exited);
        await TroubleAsync("nas", "ntp", ContainerTroubleKind.Unhealthy);
        await TroubleAsync("web", "old", null);
        await ToldAsync(("shop", AlertLevel.Critical), ("plex", AlertLevel.Critical), ("ntp", AlertLevel.Warning), ("old", AlertLevel.Critical));

        await ChangeAsync(api, "Container ended", new { severity = "info", tags = new[] { "storage" } });
        await ToldAsync(("shop", null), ("plex", AlertLevel.Info), ("ntp", AlertLevel.Warning), ("old", AlertLevel.Critical));
        Assert.Equal("Container ended", Container("plex")?.Details?.GetProperty("rule").GetString());
        using (var made = await api.PostAsJsonAsync("/api/v1/alert-rules", new { name = "Films", kind = "container_exited", severity = "error", hosts = new[] { "nas" } }))
        {
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        await ToldAsync(("shop", null), ("plex", AlertLevel.Error));
        await ChangeAsync(api, "Films", new { enabled = false });
        await ChangeAsync(api, "Container ended", new { enabled = false });
        await ToldAsync(("plex", null), ("ntp", AlertLevel.Warning), ("old", AlertLevel.Critical));
        foreach (var rule in new[] { "Container keeps restarting", "Container out of memory", "Container unhealthy", "Container gone" })
        {
            await ChangeAsync(api, rule, new { enabled = false });
        }

        await ToldAsync(("ntp", null), ("old", null));
        Assert.Equal(4, Docker.Live.Snapshot().Count);
        await ChangeAsync(api, "Container unhealthy", new { enabled = true, severity = "error" });
        await ToldAsync(("ntp", AlertLevel.Error), ("old", AlertLevel.Error));
    }

    [Fact]
    public async Task A_container_is_told_once_its_trouble_has_lasted_whatever_the_clock_says()
    {
        Online("web");
        using var api = await App.ProgramAsync(UserRole.Operator);
        await ChangeAsync(api, "Container ended", new { duration_seconds = 600 });
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await LookedAsync("first");
        Clock.Set(Clock.Now.AddHours(3));
        Clock.Pass(TimeSpan.FromSeconds(590));
        await LookedAsync("second");
        Assert.Null(Container("shop"));

        // On a host that does not answer nobody knows whether it lasts.
        Set("web", HostStatus.Offline);
        Online("nas");
        await TroubleAsync("nas", "ntp", ContainerTroubleKind.Unhealthy);
        await ToldAsync(("ntp", AlertLevel.Warning));
        Online("web");
        Clock.Pass(TimeSpan.FromSeconds(590));
        await LookedAsync("third");
        Assert.Null(Container("shop"));
        Clock.Pass(TimeSpan.FromSeconds(20));
        await ToldAsync(("shop", AlertLevel.Critical));

        // Those that come after it are looked at after it.
        async Task LookedAsync(string name)
        {
            await TroubleAsync("web", name, ContainerTroubleKind.Unhealthy);
            await ToldAsync((name, AlertLevel.Warning));
        }
    }

    [Fact]
    public async Task Nobody_is_told_of_a_container_before_the_quiet_hours_of_its_rule_are_over()
    {
        Online("web");
        using var api = await App.ProgramAsync(UserRole.Operator);
        await ChangeAsync(api, "Container ended", new { quiet_from = "11:00", quiet_until = "13:00" });
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await ToldAsync(("shop", AlertLevel.Critical));
        Assert.Equal(Clock.Now.AddHours(1), Container("shop")?.NotifyAfter);

        // The same holds for what is told of it later, such as its end.
        await using var db = await Database();
        var row = await db.Set<Alert>().SingleAsync(a => a.Source == "docker");
        Assert.Equal(Clock.Now.AddHours(1), App.Services.GetRequiredService<IAlertQuiet>().Of(row)?.EndAfter(Clock.Now));
        await ChangeAsync(api, "Container ended", new { quiet_from = (string?)null, quiet_until = (string?)null });
        await Until.TrueAsync(() => Container("shop")?.NotifyAfter <= Clock.Now, "it waits no longer");
    }

    [Theory]
    [InlineData(HostStatus.Offline, false)]
    [InlineData(HostStatus.Online, true)]
    public async Task Nobody_is_reminded_of_the_containers_of_a_host_that_is_dead_or_worked_on(HostStatus status, bool maintenance)
    {
        Online("web");
        Online("nas");
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await TroubleAsync("nas", "plex", ContainerTroubleKind.Exited);
        await ToldAsync(("shop", AlertLevel.Critical), ("plex", AlertLevel.Critical));
        foreach (var alert in Docker.Live.Snapshot().Keys)
        {
            await Docker.ChangeAsync(alert, row => row.LastNotifiedAt = Clock.Now, CancellationToken.None);
        }

        Set("web", status);
        Hosts.Update("web", h => h! with { Maintenance = maintenance });
        Clock.Pass(TimeSpan.FromHours(25));
        await Until.TrueAsync(() => Container("plex")?.NotifyAfter == Clock.Now, "people are reminded of the one");
        Assert.NotNull(Container("shop"));
        Assert.Null(Container("shop")?.NotifyAfter);
        Online("web");
        Hosts.Update("web", h => h! with { Maintenance = false });
        await Until.TrueAsync(() => Container("shop")?.NotifyAfter == Clock.Now, "and of the other once it is looked after again");
    }

    [Fact]
    public async Task The_containers_of_a_host_that_is_turned_off_are_over()
    {
        Online("web");
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await ToldAsync(("shop", AlertLevel.Critical));
        Hosts.Update("web", h => h! with { Enabled = false, Status = HostStatus.Disabled });
        await ToldAsync(("shop", null));
        Assert.Single(Docker.Live.Snapshot());
        Hosts.Update("web", h => h! with { Enabled = true, Status = HostStatus.Online });
        await ToldAsync(("shop", AlertLevel.Critical));
    }

    [Fact]
    public async Task Containers_of_a_host_that_is_deleted_or_without_docker_are_over_after_a_restart_too()
    {
        foreach (var host in new[] { "web", "nas", "inner" })
        {
            Online(host);
            await TroubleAsync(host, $"of-{host}", ContainerTroubleKind.Exited);
        }

        await ToldAsync(("of-web", AlertLevel.Critical), ("of-nas", AlertLevel.Critical), ("of-inner", AlertLevel.Critical));
        await using (var db = await Database())
        {
            await db.Set<Host>().Where(h => h.Id == "web").ExecuteUpdateAsync(set => set.SetProperty(h => h.DeletedAt, Clock.Now));
            await db.Set<Host>().Where(h => h.Id == "nas").ExecuteUpdateAsync(set => set.SetProperty(h => h.DockerEnabled, false));
        }

        await RestartAsync();
        await ToldAsync(("of-web", null), ("of-nas", null));
        await Until.TrueAsync(() => Docker.Live.Snapshot().Count == 1, "two of them are closed");
        Assert.Equal("inner", Assert.Single(Docker.Live.Snapshot().Values).HostId);
        Assert.Equal(AlertLevel.Critical, Container("of-inner")?.Level);
    }

    [Fact]
    public async Task What_the_starting_set_has_gained_is_added_to_a_database_of_before()
    {
        AlertRuleKind[] gained =
            [AlertRuleKind.ContainerExited, AlertRuleKind.ContainerRestarting, AlertRuleKind.ContainerOutOfMemory, AlertRuleKind.ContainerUnhealthy, AlertRuleKind.ContainerGone];
        await using (var db = await Database())
        {
            Assert.Equal(5, await db.Set<AlertRule>().Where(r => gained.Contains(r.Kind)).ExecuteDeleteAsync());
        }

        await RestartAsync();
        Assert.Equal(
            gained.Zip([AlertLevel.Critical, AlertLevel.Critical, AlertLevel.Critical, AlertLevel.Warning, AlertLevel.Warning]),
            App.Services.GetRequiredService<RuleBook>().Live.Snapshot().Values
                .Where(r => r is { Enabled: true, DurationSeconds: 0 } && gained.Contains(r.Kind)).OrderBy(r => r.Kind).Select(r => (r.Kind, r.Severity)));
    }

    private DockerAlerts Docker => App.Services.GetRequiredService<DockerAlerts>();

    private AlertRecord? Container(string name) => Book.Live.Snapshot().Values.SingleOrDefault(a => a.Title!.StartsWith($"{name} on ", StringComparison.Ordinal));

    /// <summary>Waits until the inbox has these containers at these levels; null: it has none of that name.</summary>
    private Task ToldAsync(params (string Container, AlertLevel? Level)[] containers) =>
        Until.TrueAsync(() => containers.All(c => Container(c.Container)?.Level == c.Level), string.Join(", ", containers));

    private async Task TroubleAsync(string host, string container, ContainerTroubleKind? kind)
    {
        await using var db = await Database();
        var alert = new DockerAlert { HostId = host, ContainerName = container, Kind = kind, Message = "is in trouble" };
        db.Add(alert);
        await db.SaveChangesAsync();
        await Docker.ChangeAsync(alert.Id, _ => { }, CancellationToken.None);
    }
}
