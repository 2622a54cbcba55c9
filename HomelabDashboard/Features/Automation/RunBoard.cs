using System.Collections.Concurrent;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Automation;

/// <summary>
/// The runs as they are now, live. It also sees to it that no row stays open whose operation has ended, that the inventory is of
/// today for whoever uses it from a shell, and that old runs go. Singleton.
/// </summary>
public sealed partial class RunBoard(
    LiveStore<string, RunRecord> live, LiveStore<string, OperationRecord> operations, LiveStore<string, HostSummary> hosts, RunInventory inventory,
    RunFiles files, RunSecrets secrets, IDbContextFactory<HomelabDbContext> databases, IOptions<AutomationOptions> options, TimeProvider time, ILogger<RunBoard> logger) : BackgroundService
{
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeptLive = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, RunProgress> _open = new(StringComparer.Ordinal);

    public LiveStore<string, RunRecord> Live => live;

    /// <summary>The tree of a run that goes on; null for any other.</summary>
    public RunTree? Tree(string id) => _open.GetValueOrDefault(id)?.Tree();

    /// <summary>Shows what a run waits for that has not begun.</summary>
    internal void Wait(string id, string words)
    {
        if (live.Get(id) is { } seen)
        {
            live.Update(id, run => run is null or { Status: AutomationTaskStatus.Pending } ? (run ?? seen) with { Message = words } : run);
        }
    }

    internal void Begin(RunRecord run, RunProgress progress)
    {
        _open[run.Id] = progress;
        live.Set(run.Id, run);
    }

    internal void Tell(string id, RunProgress progress, RunWriter writer)
    {
        if (live.Get(id) is { } run && (run.Lines != writer.Lines || run.Version != progress.Version))
        {
            live.Set(id, run with
            {
                Lines = writer.Lines,
                TreeCut = progress.IsCut || writer.IsCut,
                Version = progress.Version,
                Message = progress.Now,
                HostsImpacted = progress.Hosts,
                HostsFailed = progress.HostsFailed,
            });
        }
    }

    internal void End(RunRecord run, RunProgress progress)
    {
        live.Set(run.Id, run with { Version = progress.Version + 1 });
        Forget(run.Id);
        var before = time.GetUtcNow().UtcDateTime - KeptLive;
        foreach (var (id, old) in live.Snapshot().Where(r => r.Value.CompletedAt < before))
        {
            live.Remove(id);
        }
    }

    /// <summary>Nobody works on it any more. If its end was not written, it is once its operation has ended.</summary>
    internal void Forget(string id) => _open.TryRemove(id, out _);

    /// <summary>Removes what a run has had on the disk for itself alone; secrets may be among it.</summary>
    internal void DeleteTemporary(string id)
    {
        try
        {
            files.DeleteTemporary(id);
        }
        catch (Exception stuck) when (stuck is IOException or UnauthorizedAccessException)
        {
            LogStuck(logger, files.Folder(id), stuck);
        }
    }

    /// <summary>Ends what ran when the program ended before anything looks at it.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReconcileAsync(null, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        KeepAtItAsync("operations", FollowOperationsAsync, stoppingToken),
        KeepAtItAsync("hosts", FollowHostsAsync, stoppingToken),
        KeepAtItAsync("retention", PruneAsync, stoppingToken));

    /// <summary>Removes the oldest runs that are past their time or too many, with their output.</summary>
    internal async Task PruneOnceAsync(CancellationToken cancellationToken)
    {
        // Looked at first: a run that begins now has its row before its folder.
        var there = files.Ids();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var before = time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(options.Value.KeepRunsDays);
        var ended = db.Set<AutomationTask>().AsNoTracking().Where(t => t.Status != AutomationTaskStatus.Pending && t.Status != AutomationTaskStatus.Running);
        var gone = await ended.Where(t => t.CreatedAt < before).Select(t => t.Id).ToListAsync(cancellationToken);
        gone.AddRange(await ended.OrderByDescending(t => t.Id).Skip(options.Value.KeepRuns).Select(t => t.Id).ToListAsync(cancellationToken));
        foreach (var id in gone.Distinct(StringComparer.Ordinal))
        {
            files.Delete(id);
            live.Remove(id);
            await db.Set<AutomationTask>().Where(t => t.Id == id).ExecuteDeleteAsync(cancellationToken);
        }

        var known = await db.Set<AutomationTask>().AsNoTracking().Select(t => t.Id).ToHashSetAsync(cancellationToken);
        foreach (var id in there.Where(id => !known.Contains(id)))
        {
            files.Delete(id);
        }
    }

    private async Task PruneAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PruneEvery, time);
        do
        {
            await PruneOnceAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FollowOperationsAsync(CancellationToken stoppingToken)
    {
        await foreach (var batch in operations.WatchAsync(stoppingToken))
        {
            foreach (var id in batch.Where(o => o.Value is { Kind: RunRows.Action, IsOpen: false } && live.Get(o.Key) is { IsOpen: true } && !_open.ContainsKey(o.Key)).Select(o => o.Key))
            {
                await ReconcileAsync(id, stoppingToken);
            }
        }
    }

    private async Task FollowHostsAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in hosts.WatchAsync(stoppingToken))
        {
            await inventory.WriteAsync(stoppingToken);
            await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken);
        }
    }

    /// <summary>Closes rows whose operation is over, or was never begun.</summary>
    /// <param name="only">One of them; null for all.</param>
    private async Task ReconcileAsync(string? only, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<AutomationTask>()
            .Where(t => (t.Status == AutomationTaskStatus.Pending || t.Status == AutomationTaskStatus.Running) && (only == null || t.Id == only))
            .ToListAsync(cancellationToken);
        var closed = new List<AutomationTask>();
        foreach (var row in open)
        {
            var operation = await db.Set<Operation>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == row.Id, cancellationToken);
            if (operation is { Status: OperationStatus.Pending or OperationStatus.Running })
            {
                live.Update(row.Id, known => known ?? RunRows.ToRecord(row));
                continue;
            }

            (row.Status, row.ErrorMessage) = RunRows.EndOf(operation?.Status, operation?.Error);
            row.CompletedAt = time.GetUtcNow().UtcDateTime;
            closed.Add(row);
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var row in closed)
        {
            secrets.Take(row.Id);
            DeleteTemporary(row.Id);
            if (row.StartedAt is not null)
            {
                await KeepHostsAsync(row, cancellationToken);
            }

            live.Set(row.Id, RunRows.ToRecord(row));
        }
    }

    /// <summary>On which hosts a run was, and how it went there, until it was cut off. That it has ended is written before, and holds without.</summary>
    private async Task KeepHostsAsync(AutomationTask row, CancellationToken cancellationToken)
    {
        try
        {
            var progress = await RunProgress.ReadAsync(files.Events(row.Id), await inventory.WriteAsync(cancellationToken), cancellationToken);
            var tree = progress.Tree(isOver: true);
            var result = RunRows.Write(RunRows.ToResult(null, tree, await files.CountAsync(row.Id, cancellationToken), progress.IsCut));
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            db.AddRange(RunRows.ToHosts(row.Id, tree, await db.Set<Host>().IgnoreQueryFilters().Select(h => h.Id).ToHashSetAsync(cancellationToken)));
            await db.SaveChangesAsync(cancellationToken);
            await db.Set<AutomationTask>().Where(t => t.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.ResultData, result), cancellationToken);
            row.ResultData = result;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DbUpdateException)
        {
            LogHostsLost(logger, row.Id, fault);
        }
    }

    private async Task KeepAtItAsync(string what, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await work(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception fault)
            {
                LogFault(logger, what, fault);
                await Task.Delay(TimeSpan.FromSeconds(30), time, CancellationToken.None).WaitAsync(stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    [LoggerMessage(1602, LogLevel.Error, "Temporary files of a run could not be removed from {Folder}; there may be secrets among them.")]
    private static partial void LogStuck(ILogger logger, string folder, Exception fault);

    [LoggerMessage(1603, LogLevel.Error, "On which hosts the run {Run} was until it was cut off could not be kept.")]
    private static partial void LogHostsLost(ILogger logger, string run, Exception fault);

    [LoggerMessage(1601, LogLevel.Error, "Following {What} for the playbooks' runs failed; it goes on in a while.")]
    private static partial void LogFault(ILogger logger, string what, Exception fault);
}
