using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.AlertRules;

/// <summary>The rules over hosts and readings that a test sets, with a clock that a test moves.</summary>
public sealed class RuleTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    private readonly SetClock _clock = new(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));
    private TestApp _app = null!;

    private AlertBook Book => _app.Services.GetRequiredService<AlertBook>();

    private LiveStore<string, HostSummary> Hosts => _app.Services.GetRequiredService<LiveStore<string, HostSummary>>();

    public async Task InitializeAsync()
    {
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock));
        await using var db = await Database();
        db.AddRange(
            new Host { Id = "nas", Name = "nas", IpAddress = "192.0.2.1", DockerEnabled = true, Tags = ["storage"] },
            new Host { Id = "web", Name = "web", IpAddress = "192.0.2.2", DockerEnabled = true, AnsibleGroup = "web" },
            new Host { Id = "inner", Name = "inner", IpAddress = "192.0.2.3", DockerEnabled = true, ProxyJumpId = "nas" });
        await db.SaveChangesAsync();
        await _app.Services.GetRequiredService<HostBoard>().ReloadAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task What_lasts_is_told_once_and_is_over_below_the_lower_value()
    {
        Online("nas");
        Pass(TimeSpan.FromMinutes(9), memory: 95);
        Pass(Step, memory: 50);
        Pass(TimeSpan.FromMinutes(9), memory: 95);
        Assert.DoesNotContain("memory", Titles());
        Pass(TimeSpan.FromMinutes(2), memory: 95);
        Assert.Contains("nas: memory is 95% used", Titles());
        await Until.TrueAsync(() => Book.Live.Snapshot().Count > 0, "it is in the inbox");
        var told = Book.Live.Snapshot().Values.Single(a => a.Title!.Contains("memory", StringComparison.Ordinal));
        Assert.StartsWith("/hosts/nas?from=", told.Href, StringComparison.Ordinal);
        Assert.Equal(("Open a terminal", "/hosts/nas/terminal"), (told.Action, told.ActionHref));

        // It wavers around the limit: that is neither over nor news.
        for (var i = 0; i < 40; i++)
        {
            Pass(Step, memory: i % 2 == 0 ? 89 : 91);
        }

        Assert.Contains("nas: memory", Titles());
        Pass(Step, memory: 80);
        Assert.DoesNotContain("memory", Titles());
    }

    [Fact]
    public void A_clock_that_is_set_opens_and_closes_nothing()
    {
        Online("nas");
        Pass(TimeSpan.FromMinutes(1), memory: 95);
        _clock.Set(_clock.Now.AddHours(3));
        Pass(Step, memory: 95);
        Assert.DoesNotContain("memory", Titles());
        Pass(TimeSpan.FromMinutes(12), memory: 95);
        Assert.Contains("memory", Titles());
        _clock.Set(_clock.Now.AddYears(-3));
        Look();
        Pass(Step, memory: 95);
        Assert.Contains("memory", Titles());
    }

    [Fact]
    public void A_dead_host_is_told_once_and_what_hangs_on_it_is_not()
    {
        Online("nas");
        Online("inner");
        Pass(Step);
        Set("nas", HostStatus.Offline);
        Set("inner", HostStatus.Offline);
        for (var i = 0; i < 8; i++)
        {
            Look();
            _clock.Pass(Step);
        }

        Assert.Contains("nas: does not answer", Titles());
        Assert.DoesNotContain("inner", Titles());
        Online("nas");
        Look();
        Assert.DoesNotContain("nas", Titles());
    }

    [Fact]
    public void A_host_in_maintenance_or_off_is_left_alone_but_for_its_key()
    {
        Online("nas");
        Hosts.Update("nas", h => h! with { Maintenance = true });
        Pass(TimeSpan.FromMinutes(20), memory: 99);
        Assert.DoesNotContain("nas", Titles());
        Set("nas", HostStatus.KeyChanged);
        Look();
        Assert.Contains("nas: shows another host key", Titles());
        Hosts.Update("nas", h => h! with { Enabled = false, Status = HostStatus.Disabled });
        Look();
        Assert.DoesNotContain("nas", Titles());
    }

    [Fact]
    public void Filesystems_are_told_each_and_one_that_is_gone_is_over()
    {
        Online("nas");
        Pass(TimeSpan.FromMinutes(6), filesystems: [("/", 50), ("/var", 93), ("/srv", 99)]);
        Assert.Contains("nas: /var is 93% full", Titles());
        Assert.Contains("nas: /srv is 99% full", Titles());
        Assert.DoesNotContain("nas: / is", Titles());

        // Nothing is known while it does not answer: then nothing is over.
        Set("nas", HostStatus.Offline);
        Look();
        Assert.Contains("/var", Titles());
        Online("nas");
        Pass(Step, filesystems: [("/", 50), ("/var", 93)]);
        Assert.DoesNotContain("/srv", Titles());
        Assert.Contains("/var", Titles());
    }

    [Fact]
    public void Every_kind_of_figure_and_of_storage_is_told_and_is_over_when_it_is_well()
    {
        Online("nas");
        var ill = new MetricSample
        {
            CollectedAt = default,
            CpuCount = 4,
            CpuUsagePercent = 99,
            CpuLoad5m = 20,
            SwapTotalMb = 1000,
            SwapUsagePercent = 90,
            Reboot = new(true, ["linux-image"]),
            Inventory = Inventory("DEGRADED", working: 1, passed: false),
        };
        var well = ill with { CpuUsagePercent = 5, CpuLoad5m = 1, SwapUsagePercent = 5, Reboot = new(false, []), Inventory = Inventory("ONLINE", working: 2, passed: true) };
        string[] told =
        [
            "nas: ZFS pool tank needs you", "nas: RAID array md0 needs you", "nas: disk sda is failing", "nas: CPU is at 99%", "nas: load is 5.0 per processor", "nas: swap is 90% used",
            "nas: waits for a restart",
        ];
        Say(ill, TimeSpan.FromMinutes(1));
        Assert.Equal(told[..3].Order(), Book.OpenTitles().Order());
        Say(ill, TimeSpan.FromHours(25));
        Assert.Equal(told.Order(), Book.OpenTitles().Order());

        // What could not be read is not well.
        Say(ill with { Inventory = null }, TimeSpan.FromMinutes(1));
        Assert.Equal(told.Order(), Book.OpenTitles().Order());
        Say(well, TimeSpan.FromMinutes(1));
        Assert.Empty(Book.OpenTitles());

        void Say(MetricSample sample, TimeSpan time)
        {
            for (var at = TimeSpan.Zero; at < time; at += Step)
            {
                _clock.Pass(Step);
                _app.Services.GetRequiredService<LiveStore<string, HostReading>>().Set("nas", new HostReading(sample with { CollectedAt = _clock.Now }, []));
                Look();
            }
        }

        HostInventory Inventory(string health, int working, bool passed) => new()
        {
            ReadAt = _clock.Now,
            Sources = new Dictionary<string, SourceState> { ["zfs"] = SourceState.Read, ["raid"] = SourceState.Read, ["smart"] = SourceState.Read },
            ZfsPools = [new("tank", null, null, null, null, null, null, health, null, null, null, [])],
            RaidArrays = [new("md0", null, "raid1", "active", null, 2, working, [], null, null, null, null)],
            Disks = [new("sda", _clock.Now, null, null, passed, null, null, null, null, null, null, null, null, false, null)],
        };
    }

    [Fact]
    public void A_schedule_that_is_late_is_told_but_not_by_a_clock_that_was_just_set()
    {
        var schedules = _app.Services.GetRequiredService<LiveStore<string, ScheduleRecord>>();
        var due = _clock.Now.AddMinutes(20);
        schedules.Set("backup", new ScheduleRecord(
            "backup", "Backup", null, "backup.yml", TargetType.All, "all", null, ScheduleType.Recurring, null, RecurrenceType.Daily, "03:00", null, null, "UTC", null, null, true, null,
            due, _clock.Now, ScheduleStatus.Success, 2, 60, NotificationType.Errors, OverlapPolicy.Skip, MissedPolicy.Skip, null, null, 1, 1, 0, 1, null, _clock.Now, _clock.Now));
        Pass(TimeSpan.FromMinutes(22));
        Assert.DoesNotContain("Backup", Titles());
        Pass(TimeSpan.FromMinutes(6));
        Assert.Contains("Backup is late", Titles());
        schedules.Update("backup", s => s! with { NextRun = _clock.Now.AddDays(1) });
        Look();
        Assert.DoesNotContain("Backup", Titles());
        _clock.Set(_clock.Now.AddDays(2));
        Pass(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain("Backup", Titles());
    }

    [Fact]
    public async Task A_rule_holds_where_it_says_and_a_change_holds_at_once()
    {
        using var api = await _app.ProgramAsync(UserRole.Operator);
        using var made = await api.PostAsJsonAsync("/api/v1/alert-rules", new { name = "Warm", kind = "temperature", threshold = 60, clear_value = 55, severity = "error", tags = new[] { "storage" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt32();
        Online("nas");
        Online("web");
        Reading("web", temperature: 70);
        Pass(Step, temperature: 70);
        Assert.Contains("nas: runs at 70 °C", Titles());
        Assert.DoesNotContain("web", Titles());

        using var changed = await api.PatchAsJsonAsync($"/api/v1/alert-rules/{id}", new { tags = Array.Empty<string>(), groups = new[] { "web" } });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Reading("web", temperature: 70);
        Look();
        Assert.Contains("web: runs at", Titles());
        Assert.DoesNotContain("nas: runs", Titles());
        using var gone = await api.DeleteAsync(new Uri($"/api/v1/alert-rules/{id}", UriKind.Relative));
        Look();
        Assert.DoesNotContain("runs at", Titles());

        using var wrong = await api.PostAsJsonAsync("/api/v1/alert-rules", new { name = "", kind = "cpu", threshold = 500, duration_seconds = -1, hosts = new[] { "nowhere" }, quiet_from = "25:00" });
        var errors = (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(e => e.Name);
        Assert.Equal(["name", "threshold", "duration_seconds", "hosts", "quiet_from", "quiet_until"], errors);
    }

    [Fact]
    public void Sign_ins_that_fail_again_and_again_are_told()
    {
        var throttle = _app.Services.GetRequiredService<SignInThrottle>();
        for (var i = 0; i < 6; i++)
        {
            throttle.Begin("root", IPAddress.Parse("203.0.113.9"));
        }

        Look();
        Assert.Contains("sign-ins fail from 203.0.113.9", Titles());
        Assert.DoesNotContain("root", Titles());
        _clock.Pass(SignInThrottle.Window + Step);
        Look();
        Assert.DoesNotContain("sign-ins", Titles());
    }

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

        var docker = _app.Services.GetRequiredService<DockerAlerts>();
        await docker.ChangeAsync(1, _ => { }, CancellationToken.None);
        await docker.ChangeAsync(2, _ => { }, CancellationToken.None);
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.Any(a => a.Title == "shop on web ended unexpectedly with code 1"), "it is in the inbox");
        Assert.DoesNotContain("plex", Titles());

        var id = Book.Live.Snapshot().Values.Single(a => a.Source == "docker").Id;
        await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(id, CancellationToken.None));
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
        var docker = _app.Services.GetRequiredService<DockerAlerts>();
        for (var i = 1; i <= 3; i++)
        {
            db.Add(new DockerAlert { HostId = "web", ContainerName = name, Message = "ended unexpectedly with code 1" });
            await db.SaveChangesAsync();
            await docker.ChangeAsync(i, _ => { }, CancellationToken.None);
            await Until.TrueAsync(() => Book.Live.Snapshot().Values.Any(a => a.Source == "docker" && a.Count == i), $"it is in the inbox, {i} times");
            await docker.DismissAsync(i, CancellationToken.None);
            await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Source != "docker"), "it is over");
            _clock.Pass(TimeSpan.FromMinutes(4));
        }

        Assert.Equal(3, Assert.Single(await db.Set<Alert>().AsNoTracking().Where(a => a.Source == "docker").ToListAsync()).Count);
    }

    [Fact]
    public async Task Rules_say_which_containers_are_told_and_how_bad_that_is()
    {
        Online("nas");
        Online("web");
        using var api = await _app.ProgramAsync(UserRole.Operator);
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
        using var api = await _app.ProgramAsync(UserRole.Operator);
        await ChangeAsync(api, "Container ended", new { duration_seconds = 600 });
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await LookedAsync("first");
        _clock.Set(_clock.Now.AddHours(3));
        _clock.Pass(TimeSpan.FromSeconds(590));
        await LookedAsync("second");
        Assert.Null(Container("shop"));

        // On a host that does not answer nobody knows whether it lasts.
        Set("web", HostStatus.Offline);
        Online("nas");
        await TroubleAsync("nas", "ntp", ContainerTroubleKind.Unhealthy);
        await ToldAsync(("ntp", AlertLevel.Warning));
        Online("web");
        _clock.Pass(TimeSpan.FromSeconds(590));
        await LookedAsync("third");
        Assert.Null(Container("shop"));
        _clock.Pass(TimeSpan.FromSeconds(20));
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
        using var api = await _app.ProgramAsync(UserRole.Operator);
        await ChangeAsync(api, "Container ended", new { quiet_from = "11:00", quiet_until = "13:00" });
        await TroubleAsync("web", "shop", ContainerTroubleKind.Exited);
        await ToldAsync(("shop", AlertLevel.Critical));
        Assert.Equal(_clock.Now.AddHours(1), Container("shop")?.NotifyAfter);

        // The same holds for what is told of it later, such as its end.
        await using var db = await Database();
        var row = await db.Set<Alert>().SingleAsync(a => a.Source == "docker");
        Assert.Equal(_clock.Now.AddHours(1), _app.Services.GetRequiredService<IAlertQuiet>().Of(row)?.EndAfter(_clock.Now));
        await ChangeAsync(api, "Container ended", new { quiet_from = (string?)null, quiet_until = (string?)null });
        await Until.TrueAsync(() => Container("shop")?.NotifyAfter <= _clock.Now, "it waits no longer");
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
            await Docker.ChangeAsync(alert, row => row.LastNotifiedAt = _clock.Now, CancellationToken.None);
        }

        Set("web", status);
        Hosts.Update("web", h => h! with { Maintenance = maintenance });
        _clock.Pass(TimeSpan.FromHours(25));
        await Until.TrueAsync(() => Container("plex")?.NotifyAfter == _clock.Now, "people are reminded of the one");
        Assert.NotNull(Container("shop"));
        Assert.Null(Container("shop")?.NotifyAfter);
        Online("web");
        Hosts.Update("web", h => h! with { Maintenance = false });
        await Until.TrueAsync(() => Container("shop")?.NotifyAfter == _clock.Now, "and of the other once it is looked after again");
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
            await db.Set<Host>().Where(h => h.Id == "web").ExecuteUpdateAsync(set => set.SetProperty(h => h.DeletedAt, _clock.Now));
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
            _app.Services.GetRequiredService<RuleBook>().Live.Snapshot().Values
                .Where(r => r is { Enabled: true, DurationSeconds: 0 } && gained.Contains(r.Kind)).OrderBy(r => r.Kind).Select(r => (r.Kind, r.Severity)));
    }

    [Fact]
    public void A_schedule_that_failed_is_trouble_until_a_run_goes_well()
    {
        var schedules = _app.Services.GetRequiredService<LiveStore<string, ScheduleRecord>>();
        var daily = new ScheduleRecord(
            "backup", "Backup", null, "backup.yml", TargetType.All, "all", null, ScheduleType.Recurring, null, RecurrenceType.Daily, "03:00", null, null, "UTC", null, null, true, null,
            _clock.Now.AddHours(9), _clock.Now, ScheduleStatus.Failed, 2, 60, NotificationType.Errors, OverlapPolicy.Skip, MissedPolicy.Skip, null, _clock.Now.AddMinutes(1), 1, 1, 0, 1, null,
            _clock.Now, _clock.Now);
        Told(daily, false);
        Told(daily with { RetryAt = null }, true);
        Told(daily with { RetryAt = null, LastStatus = ScheduleStatus.Running }, true);
        Told(daily with { RetryAt = null, LastStatus = ScheduleStatus.Success }, false);
        Told(daily with { RetryAt = null, LastStatus = ScheduleStatus.Timeout, NotificationType = NotificationType.None }, false);
        Told(daily with { RetryAt = null, LastStatus = ScheduleStatus.Timeout }, true);

        // One that will not run again is left to the news.
        Told(daily with { RetryAt = null, LastStatus = ScheduleStatus.Timeout, Enabled = false, NextRun = null }, false);

        void Told(ScheduleRecord schedule, bool isTold)
        {
            schedules.Set(schedule.Id, schedule);
            Look();
            Assert.Equal(isTold, Titles().Contains("Backup", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_way_that_is_down_hides_what_is_behind_it_only_where_it_is_told_itself()
    {
        using var api = await _app.ProgramAsync(UserRole.Operator);
        var rules = (await api.GetFromJsonAsync<JsonElement>("/api/v1/alert-rules")).GetProperty("items").EnumerateArray();
        var everywhere = rules.First(r => r.GetProperty("kind").GetString() == "host_down").GetProperty("id").GetInt32();
        using var changed = await api.PatchAsJsonAsync($"/api/v1/alert-rules/{everywhere}", new { hosts = new[] { "inner" } });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Set("nas", HostStatus.Offline);
        Set("inner", HostStatus.Offline);
        for (var i = 0; i < 8; i++)
        {
            Look();
            _clock.Pass(Step);
        }

        Assert.Contains("inner: does not answer", Titles());
        Assert.DoesNotContain("nas", Titles());
    }

    [Fact]
    public async Task What_is_no_host_is_refused()
    {
        using var api = await _app.ProgramAsync(UserRole.Operator);
        using var answer = await api.PostAsJsonAsync("/api/v1/alert-rules", new { name = "Nothing", kind = "reboot", hosts = new string?[] { null } });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private DockerAlerts Docker => _app.Services.GetRequiredService<DockerAlerts>();

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

    private async Task ChangeAsync(HttpClient api, string rule, object changes)
    {
        var id = _app.Services.GetRequiredService<RuleBook>().Live.Snapshot().Values.Single(r => r.Name == rule).Id;
        using var changed = await api.PatchAsJsonAsync($"/api/v1/alert-rules/{id}", changes);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private async Task RestartAsync()
    {
        _app.KeepFolder();
        var folder = _app.Folder;
        await _app.DisposeAsync();
        await Until.TrueAsync(() => IsFree(Path.Combine(folder, "lock")), "the folder is free");
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock), folder: folder);
    }

    private static bool IsFree(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Pass(TimeSpan time, double memory = 20, double temperature = 40, (string Mount, double Percent)[]? filesystems = null)
    {
        for (var at = TimeSpan.Zero; at < time; at += Step)
        {
            _clock.Pass(Step);
            Reading("nas", memory, temperature, filesystems);
            Look();
        }
    }

    private void Look() => _app.Services.GetRequiredService<RuleEvaluator>().Look();

    private void Reading(string host, double memory = 20, double temperature = 40, (string Mount, double Percent)[]? filesystems = null) =>
        _app.Services.GetRequiredService<LiveStore<string, HostReading>>().Set(host, new HostReading(
            new MetricSample
            {
                CollectedAt = _clock.Now,
                MemoryUsagePercent = memory,
                CpuTemperature = temperature,
                Filesystems = [.. (filesystems ?? []).Select(f => new Filesystem(f.Mount, "/dev/sda", "ext4", 100, f.Percent, f.Percent))],
            },
            []));

    private void Online(string host) => Set(host, HostStatus.Online);

    private void Set(string host, HostStatus status) => Hosts.Update(host, h => h! with { Status = status, Reachable = status == HostStatus.Online });

    /// <summary>Of what is open, in one text.</summary>
    private string Titles() => string.Join('\n', Book.OpenTitles());

    private Task<HomelabDbContext> Database() => _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
}
