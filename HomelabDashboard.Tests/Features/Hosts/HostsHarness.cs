using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Metrics;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Host = HomelabDashboard.Features.Hosts.Host;

namespace HomelabDashboard.Tests.Features.Hosts;

/// <summary>The rooms of hosts and metrics with all their real parts, in a data folder of their own and with short intervals.</summary>
internal sealed class HostsHarness : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private ServiceProvider? _services;
    private TimeProvider _time = TimeProvider.System;
    private IReadOnlyDictionary<string, string?> _settings = new Dictionary<string, string?>();

    private HostsHarness()
    {
    }

    public DataFolder Folder { get; private init; } = null!;

    public HostBoard Board => Get<HostBoard>();

    public HostConnections Connections => Get<HostConnections>();

    /// <param name="settings">Configuration keys that differ, such as <c>Homelab:Hosts:LongestBackoffSeconds</c>.</param>
    public static async Task<HostsHarness> StartAsync(string? folder = null, TimeProvider? time = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var harness = new HostsHarness
        {
            Folder = new DataFolder(folder ?? Directory.CreateTempSubdirectory("homelab-hosts-").FullName),
            _time = time ?? TimeProvider.System,
            _settings = settings ?? new Dictionary<string, string?>(),
        };
        await harness.RunAsync();
        return harness;
    }

    public T Get<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    /// <summary>Lets the dashboard in at the server.</summary>
    public async Task AuthorizeAtAsync(SshServer server, string? options = null) =>
        server.Authorize((await Get<DashboardKeyPair>().ReadAsync(CancellationToken.None)).ToString(), options);

    /// <summary>A host with the server's key approved, as the service would leave it.</summary>
    public async Task<string> AddHostAsync(SshServer server, string? address = null, string? jump = null) =>
        (await AddHostsAsync(server, [address ?? server.Address], jump))[0];

    /// <summary>As <see cref="AddHostAsync"/>, all at once.</summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<string>> AddHostsAsync(SshServer server, IReadOnlyList<string> addresses, string? jump = null)
    {
        var hosts = addresses.Select(address => new Host
        {
            Id = ShortId.New(),
            Name = "host-" + ShortId.New(6),
            IpAddress = address,
            SshPort = server.Port,
            SshUser = server.User,
            HostKey = server.HostKey,
            HostKeyApprovedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            HostKeyApprovedBy = "test",
            ProxyJumpId = jump,
        }).ToList();
        await using var db = await Database();
        db.AddRange(hosts);
        await db.SaveChangesAsync();
        await Get<HostMonitor>().ChangedAsync(CancellationToken.None);
        return [.. hosts.Select(h => h.Id)];
    }

    public Task<HomelabDbContext> Database() => Get<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();

    public Task StatusAsync(string hostId, HostStatus status) =>
        Until.TrueAsync(() => Board.Live.Get(hostId)?.Status == status, $"the host is {status}");

    public Task ReadingAsync(string hostId) =>
        Until.TrueAsync(() => Get<MetricsBoard>().Live.Get(hostId) is not null, "the host has a reading");

    /// <summary>Ends everything and starts it again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    public async Task StopAsync()
    {
        if (_services is { } services)
        {
            _services = null;
            foreach (var service in services.GetServices<IHostedService>().Reverse())
            {
                await service.StopAsync(CancellationToken.None);
            }

            await services.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder.Root, recursive: true);
    }

    private async Task RunAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Homelab:Metrics:IntervalSeconds"] = Interval.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Homelab:Metrics:WriteEverySeconds"] = "0.5",
            ["Homelab:Hosts:StartSpreadSeconds"] = "0",
            ["Homelab:Hosts:LongestBackoffSeconds"] = "0.5",
            ["Homelab:Hosts:KeepAliveSeconds"] = "1",
        }).AddInMemoryCollection(_settings).Build());
        services.AddSingleton(_time);
        services.AddData(Folder);
        services.AddSingleton(new ProcessLedger(Path.Combine(Folder.Root, "processes.json")));
        services.AddLogs();
        services.AddOperations();
        services.AddHostMetrics();
        services.AddHosts();
        _services = services.BuildServiceProvider();
        await Get<DatabaseUpgrade>().RunAsync(CancellationToken.None);
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }
}
