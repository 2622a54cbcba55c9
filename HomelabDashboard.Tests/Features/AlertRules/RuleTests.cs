using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Metrics.Inventory;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.AlertRules;

/// <summary>The rules over hosts and readings that a test sets.</summary>
public sealed class RuleTests : RuleLab
{
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
        Clock.Set(Clock.Now.AddHours(3));
        Pass(Step, memory: 95);
        Assert.DoesNotContain("memory", Titles());
        Pass(TimeSpan.FromMinutes(12), memory: 95);
        Assert.Contains("memory", Titles());
        Clock.Set(Clock.Now.AddYears(-3));
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
            Clock.Pass(Step);
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
                Clock.Pass(Step);
                App.Services.GetRequiredService<LiveStore<string, HostReading>>().Set("nas", new HostReading(sample with { CollectedAt = Clock.Now }, []));
                Look();
            }
        }

        HostInventory Inventory(string health, int working, bool passed) => new()
        {
            ReadAt = Clock.Now,
            Sources = new Dictionary<string, SourceState> { ["zfs"] = SourceState.Read, ["raid"] = SourceState.Read, ["smart"] = SourceState.Read },
            ZfsPools = [new("tank", null, null, null, null, null, null, health, null, null, null, [])],
            RaidArrays = [new("md0", null, "raid1", "active", null, 2, working, [], null, null, null, null)],
            Disks = [new("sda", Clock.Now, null, null, passed, null, null, null, null, null, null, null, null, false, null)],
        };
    }

    [Fact]
    public async Task A_filesystem_that_fills_is_told_with_its_days_before_it_is_full()
    {
        Online("nas");
        await using (var db = await Database())
        {
            // 24 GiB a day go.
            var hour = new DateTimeOffset(Clock.Now).ToUnixTimeSeconds();
            db.AddRange(Enumerable.Range(0, 7 * 24).Select(i => new FilesystemHour { HostId = "nas", Mount = "/data", Start = hour - (i * 3600), Count = 240, AvailableMb = (96 + i) * 1024 }));
            db.AddRange(Enumerable.Range(0, 7 * 24).Select(i => new FilesystemHour { HostId = "nas", Mount = "/", Start = hour - (i * 3600), Count = 240, AvailableMb = 96 * 1024 }));
            await db.SaveChangesAsync();
        }

        Fills(available: 96);
        await App.Services.GetRequiredService<RuleEvaluator>().ForecastAsync(CancellationToken.None);
        for (var i = 0; i < 31 * 4; i++)
        {
            Look();
            Clock.Pass(Step);
            Fills(available: 96);
        }

        Assert.Contains("nas: /data will be full in 4.0 days", Titles());
        Assert.DoesNotContain("nas: / will", Titles());

        Fills(available: 24 * 20);
        await App.Services.GetRequiredService<RuleEvaluator>().ForecastAsync(CancellationToken.None);
        Look();
        Assert.DoesNotContain("full in", Titles());

        void Fills(double available) => App.Services.GetRequiredService<LiveStore<string, HostReading>>().Set("nas", new HostReading(
            new MetricSample
            {
                CollectedAt = Clock.Now,
                Filesystems = [new("/", "/dev/sda1", "ext4", 200, 104, 52, 96), new("/data", "/dev/sdb1", "ext4", 1000, 1000 - available, 50, available)],
            },
            []));
    }

    [Fact]
    public async Task What_lasts_is_told_of_hosts_that_are_seldom_read_too()
    {
        await RestartAsync(new() { ["Homelab:Metrics:IntervalSeconds"] = "300" });
        Online("nas");
        for (var i = 0; i < 3 * 20; i++)
        {
            Clock.Pass(Step);
            if (i % 20 == 0)
            {
                Reading("nas", memory: 95);
            }

            Look();
        }

        Assert.Contains("nas: memory is 95% used", Titles());
    }

    [Fact]
    public async Task The_dashboards_own_disk_is_measured_as_df_does()
    {
        using var df = Process.Start(new ProcessStartInfo("df", ["-P", App.Folder]) { RedirectStandardOutput = true })!;
        var figures = (await df.StandardOutput.ReadToEndAsync()).Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (used, free) = (double.Parse(figures[2], CultureInfo.InvariantCulture), double.Parse(figures[3], CultureInfo.InvariantCulture));
        using var api = await App.ProgramAsync(UserRole.Operator);
        await ChangeAsync(api, "The dashboard's disk filling", new { threshold = 1, clear_value = 1, duration_seconds = 0 });
        Look();
        var told = Regex.Match(Titles(), @"the dashboard's own disk is ([\d.]+)% full", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        Assert.InRange(double.Parse(told, CultureInfo.InvariantCulture), (100 * used / (used + free)) - 2, (100 * used / (used + free)) + 2);
    }

    [Fact]
    public void A_schedule_that_is_late_is_told_but_not_by_a_clock_that_was_just_set()
    {
        var schedules = App.Services.GetRequiredService<LiveStore<string, ScheduleRecord>>();
        var due = Clock.Now.AddMinutes(20);
        schedules.Set("backup", new ScheduleRecord(
            "backup", "Backup", null, "backup.yml", TargetType.All, "all", null, ScheduleType.Recurring, null, RecurrenceType.Daily, "03:00", null, null, "UTC", null, null, true, null,
            due, Clock.Now, ScheduleStatus.Success, 2, 60, NotificationType.Errors, OverlapPolicy.Skip, MissedPolicy.Skip, null, null, 1, 1, 0, 1, null, Clock.Now, Clock.Now));
        Pass(TimeSpan.FromMinutes(22));
        Assert.DoesNotContain("Backup", Titles());
        Pass(TimeSpan.FromMinutes(6));
        Assert.Contains("Backup is late", Titles());
        schedules.Update("backup", s => s! with { NextRun = Clock.Now.AddDays(1) });
        Look();
        Assert.DoesNotContain("Backup", Titles());
        Clock.Set(Clock.Now.AddDays(2));
        Pass(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain("Backup", Titles());
    }

    [Fact]
    public async Task A_rule_holds_where_it_says_and_a_change_holds_at_once()
    {
        using var api = await App.ProgramAsync(UserRole.Operator);
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
        var throttle = App.Services.GetRequiredService<SignInThrottle>();
        for (var i = 0; i < 6; i++)
        {
            throttle.Begin("root", IPAddress.Parse("203.0.113.9"));
        }

        Look();
        Assert.Contains("sign-ins fail from 203.0.113.9", Titles());
        Assert.DoesNotContain("root", Titles());
        Clock.Pass(SignInThrottle.Window + Step);
        Look();
        Assert.DoesNotContain("sign-ins", Titles());
    }

    [Fact]
    public void A_schedule_that_failed_is_trouble_until_a_run_goes_well()
    {
        var schedules = App.Services.GetRequiredService<LiveStore<string, ScheduleRecord>>();
        var daily = new ScheduleRecord(
            "backup", "Backup", null, "backup.yml", TargetType.All, "all", null, ScheduleType.Recurring, null, RecurrenceType.Daily, "03:00", null, null, "UTC", null, null, true, null,
            Clock.Now.AddHours(9), Clock.Now, ScheduleStatus.Failed, 2, 60, NotificationType.Errors, OverlapPolicy.Skip, MissedPolicy.Skip, null, Clock.Now.AddMinutes(1), 1, 1, 0, 1, null,
            Clock.Now, Clock.Now);
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
        using var api = await App.ProgramAsync(UserRole.Operator);
        var rules = (await api.GetFromJsonAsync<JsonElement>("/api/v1/alert-rules")).GetProperty("items").EnumerateArray();
        var everywhere = rules.First(r => r.GetProperty("kind").GetString() == "host_down").GetProperty("id").GetInt32();
        using var changed = await api.PatchAsJsonAsync($"/api/v1/alert-rules/{everywhere}", new { hosts = new[] { "inner" } });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Set("nas", HostStatus.Offline);
        Set("inner", HostStatus.Offline);
        for (var i = 0; i < 8; i++)
        {
            Look();
            Clock.Pass(Step);
        }

        Assert.Contains("inner: does not answer", Titles());
        Assert.DoesNotContain("nas", Titles());
    }

    [Fact]
    public async Task What_is_no_host_is_refused()
    {
        using var api = await App.ProgramAsync(UserRole.Operator);
        using var answer = await api.PostAsJsonAsync("/api/v1/alert-rules", new { name = "Nothing", kind = "reboot", hosts = new string?[] { null } });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
