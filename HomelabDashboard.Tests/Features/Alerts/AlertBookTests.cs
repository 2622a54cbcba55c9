using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Alerts;

/// <summary>Alerts from their opening to their end, in a real database.</summary>
public sealed class AlertBookTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2040, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly SetClock _clock = new(Start);
    private TestApp _app = null!;

    private AlertBook Book => _app.Services.GetRequiredService<AlertBook>();

    public Task InitializeAsync()
    {
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Trouble_is_one_row_that_grows_and_is_over_by_itself()
    {
        Book.Raise("disk", Signal("/var is 91% full"));
        await WrittenAsync();
        _clock.Pass(TimeSpan.FromMinutes(4));
        Book.Raise("disk", Signal("/var is 95% full") with { Level = AlertLevel.Critical });
        await WrittenAsync();

        var open = Assert.Single(await RowsAsync());
        Assert.Equal((AlertState.Open, 2, "/var is 95% full", AlertLevel.Critical), (open.State, open.Count, open.Title, open.Level));
        Assert.Equal((Start, Start.AddMinutes(4)), (open.CreatedAt, open.LastSeenAt));
        Assert.Equal(open.Id, Assert.Single(Book.Live.Snapshot()).Key);

        _clock.Pass(TimeSpan.FromMinutes(6));
        Book.Close("disk");
        Book.Close("never opened");
        await WrittenAsync();
        var closed = Assert.Single(await RowsAsync());
        Assert.Equal((AlertState.Closed, (double?)600), (closed.State, closed.DurationSeconds));
        Assert.Empty(Book.Live.Snapshot());
    }

    [Fact]
    public async Task What_comes_back_soon_is_the_same_and_later_another_whatever_the_clock_is_set_to()
    {
        for (var i = 0; i < 20; i++)
        {
            Book.Raise("flapping", Signal("It flaps"));
            Book.Close("flapping");
            _clock.Pass(TimeSpan.FromMinutes(1));
            _clock.Set(_clock.Now.AddHours(i % 2 == 0 ? 5 : -5));
        }

        await WrittenAsync();
        Assert.Equal(20, Assert.Single(await RowsAsync()).Count);

        _clock.Pass(AlertBook.Rejoin);
        Book.Raise("flapping", Signal("It flaps"));
        await WrittenAsync();
        Assert.Equal([20, 1], (await RowsAsync()).Select(r => r.Count));
    }

    [Fact]
    public async Task Ten_thousand_at_once_are_all_there_and_wait_no_longer_than_they_are()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Book.Raise($"key {i}", Signal($"Number {i}"));
            Book.Raise($"key {i}", Signal($"Number {i}"));
            Assert.InRange(Book.Waiting, 0, 10_000);
        }

        for (var i = 0; i < 5_000; i++)
        {
            Book.Close($"key {i}");
        }

        await WrittenAsync();
        var rows = await RowsAsync();
        Assert.Equal(10_000, rows.Select(r => r.Key).Distinct().Count());
        Assert.All(rows, r => Assert.Equal(2, r.Count));
        Assert.Equal(5_000, rows.Count(r => r.State == AlertState.Open));
        Assert.Equal(5_000, Book.Live.Snapshot().Count);
    }

    [Fact]
    public async Task The_oldest_that_are_over_go_and_what_is_open_stays()
    {
        Book.Raise("open", Signal("It goes on"));
        for (var i = 0; i < AlertPruning.KeptClosed + 1_500; i++)
        {
            Book.Tell(Signal($"News {i}"));
            if (i % 5_000 == 0)
            {
                await WrittenAsync();
            }
        }

        await WrittenAsync();
        await Until.TrueAsync(async () => (await RowsAsync()).Count <= AlertPruning.KeptClosed + 1_000, "the oldest are gone");
        var rows = await RowsAsync();
        Assert.Equal("open", rows[0].Key);
        Assert.Equal($"News {AlertPruning.KeptClosed + 1_499}", rows[^1].Title);
    }

    [Fact]
    public async Task What_is_open_and_who_has_seen_it_survive_a_restart()
    {
        Book.Raise("stays", Signal("It stays"));
        Book.Raise("ends", Signal("It ends"));
        await WrittenAsync();
        var stays = Book.Live.Snapshot().Values.Single(a => a.Key == "stays").Id;
        Assert.True((await _app.AsAsync(UserRole.Admin, s => s.GetRequiredService<AlertService>().AcknowledgeAsync(stays, CancellationToken.None))).Succeeded);
        Book.Tell(Signal("The last words"));
        _app.KeepFolder();
        var folder = _app.Folder;
        await _app.DisposeAsync();

        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock), folder: folder);
        await Until.TrueAsync(() => Book.Live.Snapshot().Count == 2, "the open ones are back");
        Assert.Equal(TestApp.AdminName, Book.Live.Get(stays)?.AcknowledgedBy);
        Book.Close("ends");
        Book.Raise("stays", Signal("It stays"));
        await WrittenAsync();
        var rows = await RowsAsync();
        Assert.Equal([("stays", AlertState.Open, 2), ("ends", AlertState.Closed, 1), (null, AlertState.Closed, 1)], rows.Select(r => (r.Key, r.State, r.Count)));
        Assert.Equal(TestApp.AdminName, rows[0].AcknowledgedBy);
    }

    [Fact]
    public async Task What_nobody_was_told_of_yet_stays_however_old_it_is()
    {
        var old = Start.AddDays(-200);
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            // The quiet hours of the one's rule are not over.
            db.AddRange(
                Over("waits", notifyAfter: Start.AddHours(8)),
                Over("told", notifiedAt: old, closingNotifiedAt: old));
            await db.SaveChangesAsync();
        }

        var pruning = _app.Services.GetRequiredService<AlertPruning>();
        _clock.Set(Start.AddYears(20));
        pruning.Count(1_000);
        await pruning.RunAsync();
        Assert.Equal(["waits", "told"], (await RowsAsync()).Select(r => r.Key));

        // Only after a while is the time believed.
        _clock.Set(Start);
        pruning.Count(1_000);
        await pruning.RunAsync();
        _clock.Pass(SteadyClock.Long);
        pruning.Count(1_000);
        await pruning.RunAsync();
        Assert.Equal(["waits"], (await RowsAsync()).Select(r => r.Key));

        Alert Over(string key, DateTime? notifyAfter = null, DateTime? notifiedAt = null, DateTime? closingNotifiedAt = null) => new()
        {
            Category = AlertCategory.System,
            Message = key,
            Key = key,
            Source = "test",
            CreatedAt = old,
            ClosedAt = old,
            NotifyAfter = notifyAfter,
            NotifiedAt = notifiedAt,
            ClosingNotifiedAt = closingNotifiedAt,
        };
    }

    [Fact]
    public async Task Newer_words_are_no_second_trouble()
    {
        Book.Refresh("disk", Signal("Nobody has said that before"));
        Book.Raise("disk", Signal("/var is 91% full"));
        for (var i = 0; i < 120; i++)
        {
            _clock.Pass(TimeSpan.FromMinutes(5));
            Book.Refresh("disk", Signal($"/var is 92% full, {i}"));
        }

        await WrittenAsync();
        var open = Assert.Single(await RowsAsync());
        Assert.Equal((1, "/var is 92% full, 119", _clock.Now), (open.Count, open.Title, open.LastSeenAt));
    }

    [Fact]
    public async Task What_was_over_a_moment_before_a_restart_is_the_same_when_it_comes_back()
    {
        Book.Raise("flapping", Signal("It flaps"));
        Book.Close("flapping");
        await WrittenAsync();
        _app.KeepFolder();
        var folder = _app.Folder;
        await _app.DisposeAsync();

        _clock.Pass(TimeSpan.FromMinutes(2));
        _app = TestApp.Start(services: s => s.AddSingleton<TimeProvider>(_clock), folder: folder);
        Book.Raise("flapping", Signal("It flaps"));
        await WrittenAsync();
        Assert.Equal([(AlertState.Open, 2)], (await RowsAsync()).Select(r => (r.State, r.Count)));
    }

    [Fact]
    public async Task What_is_written_is_told_once_as_new_also_where_others_wrote_it()
    {
        var told = new ConcurrentQueue<(string? Title, bool IsNew)>();
        Book.Written += (alert, isNew) => told.Enqueue((alert.Title, isNew));
        Book.Raise("disk", Signal("Full"));
        await Until.TrueAsync(() => !told.IsEmpty, "it is written");
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync())
        {
            db.Add(new Alert { Category = AlertCategory.Automation, Message = "Of another room", Title = "News", Source = "test" });
            await db.SaveChangesAsync();
        }

        Book.Close("disk");
        await Until.TrueAsync(() => told.Count >= 3, "all is told");
        Assert.Equal([("Full", false), ("Full", true), ("News", true)], told.Order());
    }

    internal static AlertSignal Signal(string title) => new(AlertCategory.System, AlertLevel.Warning, title, "A sentence.", "test");

    private async Task WrittenAsync()
    {
        // What is open is shown once it is written, and what waits is counted until it is taken.
        await Until.TrueAsync(() => Book.Waiting == 0, "all is taken");
        var version = Book.Changes.Get(0);
        Book.Raise("marker", Signal("Marker"));
        await Until.TrueAsync(() => Book.Changes.Get(0) != version && Book.Live.Snapshot().Values.Any(a => a.Key == "marker"), "all is written");
        Book.Close("marker");
        await Until.TrueAsync(() => Book.Live.Snapshot().Values.All(a => a.Key != "marker"), "the marker is gone");
    }

    private async Task<List<AlertRecord>> RowsAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<HomelabDbContext>>().CreateDbContextAsync();
        return [.. (await db.Set<Alert>().AsNoTracking().Where(a => a.Key != "marker" && a.Source == "test").OrderBy(a => a.Id).Select(AlertRecord.FromRow).ToListAsync())];
    }
}
