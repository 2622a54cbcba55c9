using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Notifications;

/// <summary>
/// Sends what is in the outbox: a row is marked before it is sent, tried again with longer and longer waits for a day, and never sent again
/// once it is not known whether it arrived. A channel sends one message at a time and few a minute; what piles up goes as a digest. Singleton.
/// </summary>
public sealed partial class NotificationOutbox(
    IDbContextFactory<HomelabDbContext> databases, NotificationPlan plan, DeliverySift sift, ChannelSender sender, ChannelSecrets secrets, AlertBook book, TimeProvider time,
    ILogger<NotificationOutbox> logger) : BackgroundService
{
    internal const int DigestFrom = 4;
    internal const int MostInDigest = 200;
    internal const int MostAMinute = 10;

    /// <summary>So long it is tried, and so often at least.</summary>
    internal static readonly TimeSpan TriedFor = TimeSpan.FromHours(24);
    internal const int LeastAttempts = 8;
    private const int Kept = 10_000;
    private const int PruneEvery = 500;
    private const int LongestError = 500;

    /// <summary>So long the answer to a test waits until it is written how that went.</summary>
    private static readonly TimeSpan LongestTestSave = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlanAtLeastEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(20);
    internal static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstSaveRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSaveRetry = TimeSpan.FromSeconds(30);

    /// <summary>Quiet hours and retries are shorter: what waits longer was planned by a clock that was wrong.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(25);

    /// <summary>Of the time that the whole program has for its end.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2.5);

    private readonly ConcurrentDictionary<int, Task> _sending = new();
    private readonly ConcurrentDictionary<int, Queue<long>> _sent = new();

    /// <summary>How many alerts a channel's next digest may tell of, where one was refused for good; none: <see cref="MostInDigest"/>.</summary>
    private readonly ConcurrentDictionary<int, int> _mostIn = new();
    private readonly SteadyClock _clock = new(time);
    private CancellationToken _stopping;
    private AlertsChange? _planned;
    private long _plannedAt;
    private int _version;
    private int _sincePrune = PruneEvery;

    /// <summary>After people were told of the trouble of an alert, with its id. Nothing may throw.</summary>
    public event Action<long>? Told;

    /// <summary>Under the one key 0: what changes with each change of any delivery.</summary>
    public LiveStore<int, DeliveriesChange> Changes { get; } = new(time);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Set<NotificationDelivery>().Where(d => d.State == DeliveryState.Sending).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.State, DeliveryState.Unclear).SetProperty(d => d.NextAt, (DateTime?)null)
                .SetProperty(d => d.Error, "The dashboard was ended while this was on its way. It may have arrived, and is not sent again."),
            cancellationToken);
        await HastenAsync(db, LongestWait, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // What is on its way is given a little time to arrive, so that it is known.
        await Task.WhenAny(Task.WhenAll(_sending.Values), Task.Delay(LongestEnd, time, cancellationToken));
    }

    /// <summary>Sends a message that says that the channel works, now.</summary>
    /// <returns>How it went.</returns>
    internal async Task<DeliveryRecord> TestAsync(NotificationChannel channel, string by)
    {
        var db = await databases.CreateDbContextAsync();
        var row = new NotificationDelivery { ChannelId = channel.Id, Event = DeliveryEvent.Test, Title = "A test", State = DeliveryState.Sending, Attempts = 1, CreatedAt = Now };
        try
        {
            db.Add(row);
            await db.SaveChangesAsync();
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }

        var message = new NotificationMessage(
            NotificationText.IdOf(row), "Homelab: a test", $"{by} has sent this to see whether the channel “{channel.Name}” works. It does.", AlertLevel.Info, []);
        await TrySendAsync(channel, message, [row], mayRetry: false);
        var record = DeliveryRecord.Of(row);
        await Task.WhenAny(KeepTestAsync(db), Task.Delay(LongestTestSave, time));
        return record;
    }

    private async Task KeepTestAsync(HomelabDbContext db)
    {
        try
        {
            await using (db)
            {
                await KeepAsync(db);
            }

            Changed();
        }
        catch (OperationCanceledException)
        {
        }
    }

    internal void Changed() => Changes.Set(0, new DeliveriesChange(Interlocked.Increment(ref _version)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
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
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (_clock.Jump() < TimeSpan.Zero)
        {
            // The times at which things are due were those of the clock before.
            await HastenAsync(db, TimeSpan.Zero, cancellationToken);
        }

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

    /// <summary>Makes due what would wait longer than this; quiet hours are looked at once more before it goes.</summary>
    private async Task HastenAsync(HomelabDbContext db, TimeSpan longest, CancellationToken cancellationToken)
    {
        var (now, last) = (Now, Now + longest);
        await db.Set<NotificationDelivery>().Where(d => d.State == DeliveryState.Pending && d.NextAt > last).ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, now), cancellationToken);
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
            var due = db.Set<NotificationDelivery>().Where(d => d.ChannelId == channelId && d.State == DeliveryState.Pending && d.NextAt <= now);
            if (QuietHours.Read(channel.QuietFrom, channel.QuietUntil, channel.Timezone)?.EndAfter(now) is { } end && channel.Enabled)
            {
                await due.ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, end));
                Changed();
                return;
            }

            var rows = await due.OrderBy(d => d.Id).Take(MostInDigest).ToListAsync();
            if (rows.Count == 0)
            {
                return;
            }

            if (!channel.Enabled)
            {
                rows.ForEach(r => (r.State, r.NextAt, r.Error) = (
                    r.SentAt is null ? DeliveryState.Failed : DeliveryState.Sent, null, $"The channel was turned off before it was sent{(r.Left is { } left ? " to " + string.Join(", ", left) : "")}."));
                await db.SaveChangesAsync();
                Changed();
                return;
            }

            var ids = rows.Select(r => r.AlertId).OfType<long>().ToList();
            var alerts = (await db.Set<Alert>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync()).ToDictionary(a => a.Id);
            rows = await sift.TakeAsync(db, rows, alerts);
            rows = [.. rows.Where(r => (r.Left ?? []).SequenceEqual(rows[0].Left ?? []))];
            List<NotificationDelivery> batch = [.. rows.Take(rows.Count >= DigestFrom ? _mostIn.GetValueOrDefault(channelId, MostInDigest) : 1)];
            batch.ForEach(r => (r.State, r.Attempts) = (DeliveryState.Sending, r.Attempts + 1));
            await db.SaveChangesAsync();
            if (batch.Count > 0)
            {
                Sends(channelId);
                var untold = batch.Where(r => r is { SentAt: null, AlertId: not null, Event: DeliveryEvent.Opened or DeliveryEvent.Reminder }).ToList();
                await TrySendAsync(channel, NotificationText.Of(batch, alerts), batch, mayRetry: true);
                await KeepAsync(db);
                untold.Where(r => r.SentAt is not null).ToList().ForEach(r => Told?.Invoke(r.AlertId!.Value));
                await PruneAsync(db, batch.Count);
            }

            Changed();
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogFault(logger, fault);
        }
    }

    /// <summary>Sends a message, and writes into its rows how that went; they are not saved. Does not throw.</summary>
    private async Task TrySendAsync(NotificationChannel channel, NotificationMessage message, List<NotificationDelivery> rows, bool mayRetry)
    {
        try
        {
            var target = secrets.Target(channel);
            if (rows[0].Left is { } left)
            {
                // Whom the channel does not lead to any more is not written to.
                target = target with { Settings = target.Settings with { To = [.. (target.Settings.To ?? []).Intersect(left, StringComparer.OrdinalIgnoreCase)] } };
            }

            var missed = target.Kind == ChannelKind.Email && target.Settings.To is [] ? null : await sender.SendAsync(target, message, CancellationToken.None);
            rows.ForEach(r => (r.State, r.SentAt, r.NextAt, r.Left, r.Error, r.DigestOf) = (DeliveryState.Sent, r.SentAt ?? Now, null, null, Cut(missed), rows.Count));
            if (_mostIn.TryGetValue(channel.Id, out var most))
            {
                _mostIn[channel.Id] = Math.Min(most * 2, MostInDigest);
            }
        }
        catch (NotificationException refused) when (refused.Fault == NotificationFault.Permanent && rows.Count > 1)
        {
            // One of them, or their number, is what is refused: they go again in halves, which is no attempt of theirs.
            _mostIn[channel.Id] = rows.Count / 2;
            rows.ForEach(r => (r.State, r.Attempts, r.NextAt, r.Error) = (DeliveryState.Pending, r.Attempts - 1, Now, Cut(refused.Message)));
        }
        catch (NotificationException refused)
        {
            foreach (var row in rows)
            {
                var again = mayRetry && refused.Fault == NotificationFault.Temporary && !(row.Attempts >= LeastAttempts && (Now - row.CreatedAt).Duration() >= TriedFor);
                if (refused.Left is { } left)
                {
                    (row.SentAt, row.Left, row.DigestOf) = (row.SentAt ?? Now, [.. left], rows.Count);
                }

                row.State = again ? DeliveryState.Pending
                    : refused.Fault == NotificationFault.Unclear ? DeliveryState.Unclear
                    : row.SentAt is not null ? DeliveryState.Sent
                    : DeliveryState.Failed;
                row.NextAt = again ? Now + (refused.RetryAfter ?? Wait(row.Attempts)) : null;
                row.Error = Cut(row.Left is null || refused.Left is not null ? refused.Message : $"Not reached: {string.Join(", ", row.Left)}. {refused.Message}");
            }
        }
        catch (Exception fault)
        {
            LogFault(logger, fault);
            rows.ForEach(r => (r.State, r.NextAt, r.Error) = (DeliveryState.Unclear, null, "The dashboard met a fault while this was on its way; its log says more. It may have arrived, and is not sent again."));
        }
    }

    /// <summary>Saves how it went, however long the database cannot be written: it is known nowhere else.</summary>
    private async Task KeepAsync(HomelabDbContext db)
    {
        for (var wait = FirstSaveRetry; ; wait = wait * 2 < LongestSaveRetry ? wait * 2 : LongestSaveRetry)
        {
            try
            {
                await db.SaveChangesAsync(CancellationToken.None);
                return;
            }
            catch (DbUpdateConcurrencyException gone)
            {
                // The channel was deleted meanwhile, and its rows with it.
                foreach (var entry in gone.Entries)
                {
                    entry.State = EntityState.Detached;
                }
            }
            catch (Exception fault)
            {
                LogFault(logger, fault);
                await Task.Delay(wait, time, _stopping);
            }
        }
    }

    private static string? Cut(string? text) => text?.Length > LongestError ? text[..LongestError] : text;

    /// <summary>At most ten messages in each minute.</summary>
    private bool MaySend(int channel)
    {
        var sent = _sent.GetOrAdd(channel, _ => new Queue<long>());
        while (sent.TryPeek(out var first) && time.GetElapsedTime(first) >= Minute)
        {
            sent.Dequeue();
        }

        return sent.Count < MostAMinute;
    }

    private void Sends(int channel) => _sent[channel].Enqueue(time.GetTimestamp());

    /// <summary>The log of what was sent keeps the newest, and those whose end is still to be told to the same channels.</summary>
    private async Task PruneAsync(HomelabDbContext db, int written)
    {
        if (Interlocked.Add(ref _sincePrune, written) >= PruneEvery)
        {
            Interlocked.Exchange(ref _sincePrune, 0);
            var last = await db.Set<NotificationDelivery>().MaxAsync(d => d.Id);
            await db.Set<NotificationDelivery>()
                .Where(d => d.Id <= last - Kept && d.State != DeliveryState.Pending && d.State != DeliveryState.Sending
                    && !db.Set<Alert>().Any(a => a.Id == d.AlertId && a.Key != null && a.ClosingNotifiedAt == null))
                .ExecuteDeleteAsync();
        }
    }

    /// <summary>Twice as long each time, a little uneven so that not all come at once.</summary>
    private static TimeSpan Wait(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, attempts - 1)) * (0.9 + (Random.Shared.NextDouble() * 0.2)));

    [LoggerMessage(1821, LogLevel.Error, "The notifications met a fault and go on.")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
