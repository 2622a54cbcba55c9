using System.Collections.Concurrent;
using System.Net;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HomelabDashboard.Tests.Features.Operations;

public sealed class OperationQueueTests : IAsyncLifetime
{
    private readonly DataFolder _folder = new(Directory.CreateTempSubdirectory("homelab-operations-").FullName);
    private readonly Work _work = new();
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _services = Build();
        await _services.GetRequiredService<DatabaseUpgrade>().RunAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder.Root, recursive: true);
    }

    [Fact]
    public async Task An_operation_is_answered_at_once_and_seen_through_to_its_end()
    {
        await StartAsync();
        var pending = await EnqueueAsync("host:a");
        Assert.Equal(OperationStatus.Pending, pending.Status);
        await _work.Started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await Until.TrueAsync(() => Live.Get(pending.Id)?.Message == "half way", "the progress is shown");
        _work.Finish.SetResult(null);
        var ended = await EndOfAsync(pending.Id);
        Assert.Equal((OperationStatus.Succeeded, null, 1d), (ended.Status, ended.Error, ended.Progress));
        Assert.NotNull(ended.StartedAt);
        Assert.NotNull(ended.CompletedAt);
    }

    [Fact]
    public async Task A_failure_is_kept_in_its_own_words()
    {
        await StartAsync();
        _work.Finish.SetResult("nas did not answer.");
        var ended = await EndOfAsync((await EnqueueAsync("host:a")).Id);
        Assert.Equal((OperationStatus.Failed, "nas did not answer."), (ended.Status, ended.Error));
    }

    [Fact]
    public async Task An_exception_ends_the_operation_and_not_the_queue()
    {
        await StartAsync();
        _work.Finish.SetException(new InvalidOperationException("secret detail"));
        var ended = await EndOfAsync((await EnqueueAsync("host:a")).Id);
        Assert.Equal(OperationStatus.Failed, ended.Status);
        Assert.DoesNotContain("secret detail", ended.Error, StringComparison.Ordinal);
        _work.Finish = new();
        _work.Finish.SetResult(null);
        Assert.Equal(OperationStatus.Succeeded, (await EndOfAsync((await EnqueueAsync("host:a")).Id)).Status);
    }

    [Fact]
    public async Task Of_many_requests_for_the_same_only_one_is_open()
    {
        await StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Queue.EnqueueAsync("work", "host:a", null, "ada", default)));
        var open = Assert.Single(answers, a => a.Succeeded).Value!;
        Assert.All(answers.Where(a => !a.Succeeded), a => Assert.Equal(("OPERATION_OPEN", open.Id), (a.Problem!.Code, a.Problem.OperationId)));
        Assert.True((await Queue.EnqueueAsync("work", "host:b", null, "ada", default)).Succeeded);
    }

    [Fact]
    public async Task What_is_asked_for_again_while_it_ends_is_done_or_told_to_be_open()
    {
        await StartAsync();
        _work.Finish.SetResult(null);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var answer = await Queue.EnqueueAsync("work", "host:a", null, "ada", default);
                Assert.True(answer.Succeeded || answer.Problem.Code == "OPERATION_OPEN", answer.Problem?.Message);
            }
        })));
    }

    [Fact]
    public async Task Cancelling_ends_the_work_and_the_row_never_changes_again()
    {
        await StartAsync();
        var pending = await EnqueueAsync("host:a");
        await _work.Started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(await Queue.CancelAsync(pending.Id, "bob", default));
        var ended = await EndOfAsync(pending.Id);
        Assert.Equal((OperationStatus.Failed, "cancelled"), (ended.Status, ended.Error));
        Assert.False(await Queue.CancelAsync(pending.Id, "bob", default));
    }

    [Fact]
    public async Task After_a_crash_what_ran_is_interrupted_and_what_waited_runs()
    {
        // Rows as a crash leaves them: nobody works on either.
        await using (var db = await Databases.CreateDbContextAsync())
        {
            db.Add(new Operation { Id = "ran", Kind = "work", Target = "host:a", Status = OperationStatus.Running });
            db.Add(new Operation { Id = "waited", Kind = "work", Target = "host:b" });
            await db.SaveChangesAsync();
        }

        _work.Finish.SetResult(null);
        await StartAsync();
        Assert.Equal(OperationStatus.Succeeded, (await EndOfAsync("waited")).Status);
        var ran = await EndOfAsync("ran");
        Assert.Equal((OperationStatus.Failed, "interrupted"), (ran.Status, ran.Error));
    }

    [Fact]
    public async Task What_nobody_works_on_any_more_is_ended_and_what_is_long_over_goes_while_what_is_worked_on_stays()
    {
        await StopAsync();
        _services = Build(new HurriedTime());
        await StartAsync();
        var worked = await EnqueueAsync("host:a");
        await _work.Started.Task.WaitAsync(TimeSpan.FromSeconds(10));

        // As where the end of one could not be written, and long after it of another.
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using (var db = await Databases.CreateDbContextAsync())
        {
            db.Add(new Operation { Id = "left", Kind = "work", Target = "host:b", Status = OperationStatus.Running });
            db.Add(new Operation { Id = "new", Kind = "work", Target = "host:c", Status = OperationStatus.Running });
            db.Add(new Operation { Id = "old", Kind = "work", Target = "host:d", Status = OperationStatus.Succeeded, CreatedAt = now.AddDays(-91), CompletedAt = now.AddDays(-91) });
            db.Add(new Operation { Id = "kept", Kind = "work", Target = "host:e", Status = OperationStatus.Succeeded, CreatedAt = now.AddDays(-89), CompletedAt = now.AddDays(-89) });
            await db.SaveChangesAsync();
            await db.Set<Operation>().Where(o => o.Id == worked.Id || o.Id == "left").ExecuteUpdateAsync(s => s.SetProperty(o => o.UpdatedAt, now.AddHours(-1)));
        }

        var left = await EndOfAsync("left");
        Assert.Equal((OperationStatus.Failed, "interrupted"), (left.Status, left.Error));
        await Until.TrueAsync(
            async () =>
            {
                await using var db = await Databases.CreateDbContextAsync();
                return !await db.Set<Operation>().AnyAsync(o => o.Id == "old");
            },
            "the oldest goes");
        await using (var db = await Databases.CreateDbContextAsync())
        {
            var status = await db.Set<Operation>().ToDictionaryAsync(o => o.Id, o => o.Status);
            Assert.Equal((OperationStatus.Running, OperationStatus.Running, OperationStatus.Succeeded), (status[worked.Id], status["new"], status["kept"]));
        }
    }

    [Fact]
    public async Task An_operation_is_taken_up_though_the_one_who_asked_has_left()
    {
        await StartAsync();
        _work.Finish.SetResult(null);
        using var left = new CancellationTokenSource();
        var asked = Queue.EnqueueAsync("work", "host:a", null, "ada", left.Token);
        await left.CancelAsync();
        try
        {
            await EndOfAsync((await asked).Value!.Id);
        }
        catch (OperationCanceledException)
        {
            // Then nothing was begun, and nothing is left open.
            await using var db = await Databases.CreateDbContextAsync();
            Assert.Empty(await db.Set<Operation>().ToListAsync());
        }
    }

    [Fact]
    public async Task A_host_whose_operations_never_end_keeps_nobody_elses_waiting()
    {
        await StartAsync();
        for (var i = 0; i < 60; i++)
        {
            await EnqueueAsync($"container:{i}", "slow");
        }

        await Until.TrueAsync(() => _work.RunningOn("slow") == OperationQueue.EachHost, "the slow host has all that it may have");
        _work.Finish.SetResult(null);
        for (var i = 0; i < 40; i++)
        {
            var quick = await EnqueueAsync($"host:{i}", $"quick-{i}");
            Assert.Equal(OperationStatus.Succeeded, (await EndOfAsync(quick.Id)).Status);
        }

        Assert.Equal(OperationQueue.EachHost, _work.RunningOn("slow"));
    }

    [Fact]
    public async Task Of_a_kind_that_is_bounded_the_last_place_is_never_taken_by_a_host_that_has_one_and_those_that_wait_stay_pending()
    {
        _work.AtOnce = 3;
        await StartAsync();
        var asked = new List<OperationRecord>();
        for (var i = 0; i < 4; i++)
        {
            asked.Add(await EnqueueAsync($"container:{i}", "slow"));
        }

        await Until.TrueAsync(() => _work.RunningOn("slow") == 2, "the slow host has all that it may have");
        _work.Finish.SetResult(null);
        foreach (var host in new[] { "quick", "other" })
        {
            Assert.Equal(OperationStatus.Succeeded, (await EndOfAsync((await EnqueueAsync($"host:{host}", host)).Id)).Status);
        }

        Assert.Equal(2, _work.RunningOn("slow"));
        Assert.True(Queue.Waits(asked[3].Id));
        Assert.Equal(OperationStatus.Pending, Live.Get(asked[3].Id)!.Status);
    }

    [Fact]
    public async Task Of_a_kind_that_is_bounded_as_many_run_at_once_as_are_said_where_no_host_is_concerned()
    {
        _work.AtOnce = OperationQueue.EachHost + 2;
        await StartAsync();
        for (var i = 0; i <= _work.AtOnce; i++)
        {
            await EnqueueAsync($"thing:{i}");
        }

        await Until.TrueAsync(() => _work.RunningOn("") == _work.AtOnce, "all places are taken");
        Assert.Single(Live.Snapshot().Values, o => o.Status == OperationStatus.Pending);
        _work.Finish.SetResult(null);
    }

    [Fact]
    public async Task One_that_waits_for_its_turn_is_cancelled_without_ever_running()
    {
        await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i <= OperationQueue.EachHost; i++)
        {
            ids.Add((await EnqueueAsync($"container:{i}", "slow")).Id);
        }

        await Until.TrueAsync(() => _work.RunningOn("slow") == OperationQueue.EachHost, "the others run");
        Assert.True(await Queue.CancelAsync(ids[^1], "bob", default));
        var ended = await EndOfAsync(ids[^1]);
        Assert.Equal((OperationStatus.Failed, "cancelled", (DateTime?)null), (ended.Status, ended.Error, ended.StartedAt));
    }

    [Fact]
    public async Task Work_is_done_in_the_name_of_the_one_who_asked_for_it_whoever_has_it_begun()
    {
        await StartAsync();
        for (var i = 0; i < OperationQueue.EachHost; i++)
        {
            await AskAsync(1, $"container:{i}");
        }

        await Until.TrueAsync(() => _work.RunningOn("busy") == OperationQueue.EachHost, "the host has all that it may have");
        await AskAsync(2, "container:bob");

        // Ada's work ends, and that has Bob's begin; nobody's request goes on any more.
        _work.Finish.SetResult(null);
        await Until.TrueAsync(() => _work.Askers.Count == OperationQueue.EachHost + 1, "Bob's is done too");
        Assert.Equal((2, "192.0.2.2"), _work.Askers["container:bob"]);
        Assert.Equal((1, "192.0.2.1"), _work.Askers["container:0"]);

        async Task AskAsync(int user, string target)
        {
            using var acting = Acting.Begin(TimeProvider.System, user, IPAddress.Parse($"192.0.2.{user}"));
            await EnqueueAsync(target, "busy");
        }
    }

    [Fact]
    public async Task What_was_said_can_be_read_while_it_runs_and_after()
    {
        await StartAsync();
        var pending = await EnqueueAsync("host:a");
        await _work.Started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var outputs = _services.GetRequiredService<OperationOutputs>();
        outputs.Write(pending.Id, "first\nsecond");
        Assert.Equal(["first", "second"], outputs.Read(pending.Id)!.Lines);
        _work.Finish.SetResult(null);
        Assert.Equal("first\nsecond", (await EndOfAsync(pending.Id)).Output);
        await Until.TrueAsync(() => outputs.Read(pending.Id) is null && outputs.Marks.Snapshot().Count == 0, "what is stored is not kept in memory too");
    }

    [Fact]
    public async Task A_retry_is_a_new_row_that_names_the_old_one()
    {
        await StartAsync();
        _work.Finish.SetResult("nas did not answer.");
        var failed = await EndOfAsync((await EnqueueAsync("host:a")).Id);
        _work.Finish = new();
        _work.Finish.SetResult(null);
        var again = (await Queue.RetryAsync(Live.Get(failed.Id)!, "bob", default)).Value!;
        var ended = await EndOfAsync(again.Id);
        Assert.Equal((failed.Id, "host:a", "bob", OperationStatus.Succeeded), (ended.RetryOf, ended.Target, ended.RequestedBy, ended.Status));
        Assert.Equal((OperationStatus.Failed, "nas did not answer."), (Live.Get(failed.Id)!.Status, Live.Get(failed.Id)!.Error));
    }

    private OperationQueue Queue => _services.GetRequiredService<OperationQueue>();

    private LiveStore<string, OperationRecord> Live => _services.GetRequiredService<LiveStore<string, OperationRecord>>();

    private IDbContextFactory<HomelabDbContext> Databases => _services.GetRequiredService<IDbContextFactory<HomelabDbContext>>();

    private ServiceProvider Build(TimeProvider? time = null) => new ServiceCollection()
        .AddSingleton(time ?? TimeProvider.System).AddLogging().AddData(_folder).AddSingleton<ActivityLog>().AddOperations()
        .AddSingleton<IOperationHandler>(_work).BuildServiceProvider();

    private Task StartAsync() => Queue.StartAsync(CancellationToken.None);

    private async Task StopAsync()
    {
        await Queue.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private async Task<OperationRecord> EnqueueAsync(string target, string? hostId = null)
    {
        if (hostId is not null)
        {
            await using var db = await Databases.CreateDbContextAsync();
            if (!await db.Set<Host>().AnyAsync(h => h.Id == hostId))
            {
                db.Add(new Host { Id = hostId, Name = hostId, IpAddress = "192.0.2.1" });
                await db.SaveChangesAsync();
            }
        }

        var answer = await Queue.EnqueueAsync("work", target, hostId, "ada", default);
        Assert.True(answer.Succeeded, answer.Problem?.Message);
        return answer.Value;
    }

    private Task<Operation> EndOfAsync(string id) => Until.NotNullAsync(
        async () =>
        {
            await using var db = await Databases.CreateDbContextAsync();
            return await db.Set<Operation>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id && o.CompletedAt != null);
        },
        $"the operation {id} ends");

    private sealed class Work : IOperationHandler
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string?> Finish { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => "work";

        public int? AtOnce { get; set; }

        /// <summary>In whose name each was done, by target.</summary>
        public ConcurrentDictionary<string, (int? UserId, string? Address)> Askers { get; } = new();

        /// <summary>How many run, by host.</summary>
        public ConcurrentDictionary<string, int> Running { get; } = new();

        public int RunningOn(string hostId) => Running.GetValueOrDefault(hostId);

        public async Task<string?> RunAsync(OperationRecord operation, Action<double?, string> progress, CancellationToken cancellationToken)
        {
            progress(0.5, "half way");
            Started.TrySetResult();
            var host = operation.HostId ?? "";
            Running.AddOrUpdate(host, 1, (_, n) => n + 1);
            try
            {
                return host == "slow"
                    ? await new TaskCompletionSource<string?>().Task.WaitAsync(cancellationToken)
                    : await Finish.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                Running.AddOrUpdate(host, 0, (_, n) => n - 1);
                Askers[operation.Target] = (Acting.Now?.UserId, Acting.Now?.Address);
            }
        }
    }
}
