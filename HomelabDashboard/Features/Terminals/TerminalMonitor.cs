using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// Cuts off who is no longer signed in, and ends sessions whose time has come, whose user may no longer have one, or whose host is
/// gone; and at the start and the end of the program all that are left.
/// </summary>
internal sealed partial class TerminalMonitor(
    TerminalBroker broker,
    SessionRows rows,
    AccountDirectory accounts,
    LiveStore<string, HostSummary> hosts,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TerminalMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FiguresInterval = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await rows.CloseLeftoversAsync(cancellationToken) is > 0 and var left)
        {
            LogLeftovers(left);
        }

        accounts.Changed += AccountChanged;

        // The last to register is called first: clients are told why before their connections are ended, which no later hook can do.
        lifetime.ApplicationStopping.Register(() => Task.WaitAny([broker.ShutDownAsync()], FarewellTime));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        accounts.Changed -= AccountChanged;
        await broker.ShutDownAsync();
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SweepAsync(stoppingToken), PublishFiguresAsync(stoppingToken), WatchHostsAsync(stoppingToken));

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // A token or a sign-in that ends by time tells nobody.
                foreach (var terminal in broker.All())
                {
                    DetachSignedOut(terminal);
                }

                await broker.SweepAsync();
            }
            catch (Exception failed)
            {
                LogFailed(failed);
            }
        }
    }

    private async Task PublishFiguresAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FiguresInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            broker.PublishFigures();
        }
    }

    private async Task WatchHostsAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in hosts.WatchAsync(stoppingToken))
        {
            foreach (var (id, host) in batch)
            {
                if (host is null)
                {
                    await EndAsync(t => t.Info.HostId == id, "The host was deleted.");
                }
                else if (host.Status == HostStatus.KeyChanged)
                {
                    await EndAsync(t => t.Info.HostId == id, "The host's key has changed. Check it and approve the new one first.");
                }
            }
        }
    }

    private void AccountChanged(int userId)
    {
        foreach (var terminal in broker.All().Where(t => t.Info.UserId == userId))
        {
            DetachSignedOut(terminal);
        }

        if (accounts.RoleOf(userId) is not { } role || !Scopes.Of(role).Contains(Scopes.SessionsExecute))
        {
            _ = EndAsync(t => t.Info.UserId == userId, "The account may no longer use terminals.");
        }
    }

    private void DetachSignedOut(LiveTerminal terminal) =>
        terminal.DetachAll(p => accounts.Resolve(p)?.Has(Scopes.SessionsExecute) != true, "You are no longer signed in.");

    private async Task EndAsync(Func<LiveTerminal, bool> which, string words)
    {
        try
        {
            await Task.WhenAll(broker.All().Where(which).Select(t => broker.EndAsync(t, SessionEnd.Error(words))));
        }
        catch (Exception failed)
        {
            LogFailed(failed);
        }
    }

    [LoggerMessage(2110, LogLevel.Warning, "{Count} terminals of an earlier run were still open and have been closed.")]
    private partial void LogLeftovers(int count);

    [LoggerMessage(2111, LogLevel.Error, "A look at the terminals has failed.")]
    private partial void LogFailed(Exception exception);
}
