using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Notifications;

/// <summary>
/// Sends what is in the outbox: a row is marked before it is sent, tried again with longer and longer waits, and never sent again once it
/// is not known whether it arrived. A channel sends one message at a time and few a minute; what piles up goes as a digest. Singleton.
/// </summary>
public sealed partial class NotificationOutbox(
    IDbContextFactory<HomelabDbContext> databases, NotificationPlan plan, ChannelSender sender, ChannelSecrets secrets, AlertBook book, TimeProvider time,
    ILogger<NotificationOutbox> logger) : BackgroundService
{
    internal const int DigestFrom = 4;
    internal const int MostInDigest = 200;
    internal const int MostAttempts = 8;
    internal const int MostAMinute = 10;
    private const int Kept = 10_000;
    private const int PruneEvery = 500;
    private const int LongestError = 500;
    private const int LinesInDigest = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlanAtLeastEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, Task> _sending = new();
    private readonly ConcurrentDictionary<int, Queue<long>> _sent = new();
    private AlertsChange? _planned;
    private long _plannedAt;
    private int _version;
    private int _sincePrune = PruneEvery;

    /// <summary>Under the one key 0: what changes with each change of any delivery.</summary>
    public LiveStore<int, DeliveriesChange> Changes { get; } = new(time);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Set<NotificationDelivery>().Where(d => d.State == DeliveryState.Sending).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, DeliveryState.Unclear).SetProperty(d => d.NextAt, (DateTime?)null)
                .SetProperty(d => d.Error, "The dashboard was ended while this was on its way. It may have arrived, and is not sent again."),
            cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // What is on its way is given the time to arrive, so that it is known.
        await Task.WhenAny(Task.WhenAll(_sending.Values), Task.Delay(ChannelSender.Longest, time, cancellationToken));
    }

    /// <summary>Sends a message that says that the channel works, now.</summary>
    /// <returns>How it went.</returns>
    internal async Task<DeliveryRecord> TestAsync(NotificationChannel channel, string by)
    {
        await using var db = await databases.CreateDbContextAsync();
        var row = new NotificationDelivery { ChannelId = channel.Id, Event = DeliveryEvent.Test, Title = "A test", State = DeliveryState.Sending, Attempts = 1, CreatedAt = Now };
        db.Add(row);
        await db.SaveChangesAsync();
        var message = new NotificationMessage("Homelab: a test", $"{by} has sent this to see whether the channel “{channel.Name}” works. It does.", AlertLevel.Info, []);
        await TrySendAsync(channel, message, [row], mayRetry: false);
        await db.SaveChangesAsync();
        Changed();
        return DeliveryRecord.Of(row);
    }

    internal void Changed() => Changes.Set(0, new DeliveriesChange(Interlocked.Increment(ref _version)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(logger, fault);
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var change = book.Changes.Get(0);
        if (change != _planned || time.GetElapsedTime(_plannedAt) >= PlanAtLeastEvery)
        {
            (_planned, _plannedAt) = (change, time.GetTimestamp());
            while (await plan.MakeAsync(cancellationToken))
            {
                Changed();
            }
        }

        var now = Now;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var due = await db.Set<NotificationDelivery>().Where(d => d.NextAt <= now && d.State == DeliveryState.Pending).Select(d => d.ChannelId).Distinct().ToListAsync(cancellationToken);
        foreach (var channel in due)
        {
            // One at a time: what is on its way is waited for.
            if (!_sending.TryGetValue(channel, out var before) || before.IsCompleted)
            {
                _sending[channel] = Task.Run(() => SendDueAsync(channel), CancellationToken.None);
            }
        }
    }

    private async Task SendDueAsync(int channelId)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            if (await db.Set<NotificationChannel>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == channelId) is not { } channel || !MaySend(channelId))
            {
                return;
            }

            var now = Now;
            var rows = await db.Set<NotificationDelivery>().Where(d => d.ChannelId == channelId && d.State == DeliveryState.Pending && d.NextAt <= now)
                .OrderBy(d => d.Id).Take(MostInDigest).ToListAsync();
            if (rows.Count == 0)
            {
                return;
            }

            if (!channel.Enabled)
            {
                rows.ForEach(r => (r.State, r.NextAt, r.Error) = (DeliveryState.Failed, null, "The channel was turned off before it was sent."));
                await db.SaveChangesAsync();
                Changed();
                return;
            }

            List<NotificationDelivery> batch = rows.Count >= DigestFrom ? rows : [rows[0]];
            var message = await MessageAsync(db, batch);
            batch.ForEach(r => (r.State, r.Attempts) = (DeliveryState.Sending, r.Attempts + 1));
            await db.SaveChangesAsync();
            await TrySendAsync(channel, message, batch, mayRetry: true);
            await db.SaveChangesAsync();
            Changed();
            await PruneAsync(db, batch.Count);
        }
        catch (Exception fault)
        {
            LogFault(logger, fault);
        }
    }

    /// <summary>Sends a message, and writes into its rows how that went; they are not saved.</summary>
    private async Task TrySendAsync(NotificationChannel channel, NotificationMessage message, List<NotificationDelivery> rows, bool mayRetry)
    {
        try
        {
            await sender.SendAsync(secrets.Target(channel), message, CancellationToken.None);
            rows.ForEach(r => (r.State, r.SentAt, r.NextAt, r.Error, r.DigestOf) = (DeliveryState.Sent, Now, null, null, rows.Count));
        }
        catch (NotificationException refused)
        {
            foreach (var row in rows)
            {
                var again = mayRetry && refused.MayRetry && row.Attempts < MostAttempts;
                row.State = again ? DeliveryState.Pending : DeliveryState.Failed;
                row.NextAt = again ? Now + (refused.RetryAfter ?? Wait(row.Attempts)) : null;
                row.Error = refused.Message.Length <= LongestError ? refused.Message : refused.Message[..LongestError];
            }
        }
    }

    private static async Task<NotificationMessage> MessageAsync(HomelabDbContext db, List<NotificationDelivery> rows)
    {
        var ids = rows.Select(r => r.AlertId).OfType<long>().ToList();
        var alerts = (await db.Set<Alert>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync()).ToDictionary(a => a.Id);
        var items = rows.Select(r => r.AlertId is { } id && alerts.TryGetValue(id, out var a)
            ? new NotificationItem(r.Id, id, r.Event, a.Category, a.Level ?? AlertLevel.Info, r.Title, a.Message, a.CreatedAt, a.ClosedAt)
            : new NotificationItem(r.Id, null, r.Event, AlertCategory.System, AlertLevel.Info, r.Title, r.Title, r.CreatedAt, null)).ToList();
        if (items is [var one])
        {
            return new NotificationMessage(one.Title, one.Message, one.Event == DeliveryEvent.Closed ? AlertLevel.Success : one.Level, items);
        }

        var lines = items.OrderByDescending(i => i.Level).Take(LinesInDigest).Select(i => $"- {i.Title}").ToList();
        if (items.Count > lines.Count)
        {
            lines.Add($"… and {items.Count - lines.Count} more, in the dashboard's inbox.");
        }

        var opened = items.Count(i => i.Event == DeliveryEvent.Opened);
        return new NotificationMessage($"Homelab: {opened} alerts, {items.Count - opened} are over", string.Join('\n', lines), items.Max(i => i.Level), items);
    }

    /// <summary>At most ten messages in each minute.</summary>
    private bool MaySend(int channel)
    {
        var sent = _sent.GetOrAdd(channel, _ => new Queue<long>());
        while (sent.TryPeek(out var first) && time.GetElapsedTime(first) >= Minute)
        {
            sent.Dequeue();
        }

        if (sent.Count >= MostAMinute)
        {
            return false;
        }

        sent.Enqueue(time.GetTimestamp());
        return true;
    }

    private async Task PruneAsync(HomelabDbContext db, int written)
    {
        if (Interlocked.Add(ref _sincePrune, written) >= PruneEvery)
        {
            Interlocked.Exchange(ref _sincePrune, 0);
            var last = await db.Set<NotificationDelivery>().MaxAsync(d => d.Id);
            await db.Set<NotificationDelivery>().Where(d => d.Id <= last - Kept && d.State != DeliveryState.Pending && d.State != DeliveryState.Sending).ExecuteDeleteAsync();
        }
    }

    /// <summary>Twice as long each time, a little uneven so that not all come at once.</summary>
    private static TimeSpan Wait(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, attempts - 1)) * (0.9 + (Random.Shared.NextDouble() * 0.2)));

    [LoggerMessage(1821, LogLevel.Error, "The notifications met a fault and go on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
