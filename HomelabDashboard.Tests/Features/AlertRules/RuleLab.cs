using System.Net;
using System.Net.Http.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.AlertRules;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.AlertRules;

/// <summary>Three hosts, the rules over them, and a clock that a test moves.</summary>
public abstract class RuleLab : IAsyncLifetime
{
    private protected static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    private protected SetClock Clock { get; } = new(new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc));

    private protected TestApp App { get; private set; } = null!;

    private protected AlertBook Book => App.Services.GetRequiredService<AlertBook>();

    private protected LiveStore<string, HostSummary> Hosts => App.Services.GetRequiredService<LiveStore<string, HostSummary>>();

    public async Task InitializeAsync()
    {
        App = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(Clock));
        await using var db = await Database();
        db.AddRange(
            new Host { Id = "nas", Name = "nas", IpAddress = "192.0.2.1", DockerEnabled = true, Tags = ["storage"] },
            new Host { Id = "web", Name = "web", IpAddress = "192.0.2.2", DockerEnabled = true, AnsibleGroup = "web" },
            new Host { Id = "inner", Name = "inner", IpAddress = "192.0.2.3", DockerEnabled = true, ProxyJumpId = "nas" });
        await db.SaveChangesAsync();
        await App.Services.GetRequiredService<HostBoard>().ReloadAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    private protected async Task ChangeAsync(HttpClient api, string rule, object changes)
    {
        var id = App.Services.GetRequiredService<RuleBook>().Live.Snapshot().Values.Single(r => r.Name == rule).Id;
        using var changed = await api.PatchAsJsonAsync($"/api/v1/alert-rules/{id}", changes);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private protected async Task RestartAsync(Dictionary<string, string>? settings = null)
    {
        App.KeepFolder();
        var folder = App.Folder;
        await App.DisposeAsync();
        App = TestApp.Start(settings, services: s => s.AddSingleton<TimeProvider>(Clock), folder: folder);
    }

    private protected void Pass(TimeSpan time, double memory = 20, double temperature = 40, (string Mount, double Percent)[]? filesystems = null)
    {
        for (var at = TimeSpan.Zero; at < time; at += Step)
        {
            Clock.Pass(Step);
            Reading("nas", memory, temperature, filesystems);
            Look();
        }
    }

    private protected void Look() => App.Services.GetRequiredService<RuleEvaluator>().Look();

    private protected void Reading(string host, double memory = 20, double temperature = 40, (string Mount, double Percent)[]? filesystems = null) =>
        App.Services.GetRequiredService<LiveStore<string, HostReading>>().Set(host, new HostReading(
            new MetricSample
            {
                CollectedAt = Clock.Now,
                MemoryUsagePercent = memory,
                CpuTemperature = temperature,
                Filesystems = [.. (filesystems ?? []).Select(f => new Filesystem(f.Mount, "/dev/sda", "ext4", 100, f.Percent, f.Percent))],
            },
            []));

    private protected void Online(string host) => Set(host, HostStatus.Online);

    private protected void Set(string host, HostStatus status) => Hosts.Update(host, h => h! with { Status = status, Reachable = status == HostStatus.Online });

    /// <summary>Of what is open, in one text.</summary>
    private protected string Titles() => string.Join('\n', Book.OpenTitles());

    private protected Task<HomelabDbContext> Database() => App.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
}
