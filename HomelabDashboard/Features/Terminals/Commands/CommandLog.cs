using System.Threading.Channels;
using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>
/// Writes the commands of all terminals, in batches by one writer, and takes away those past their time unless they are pinned.
/// Singleton. A terminal never waits for it: when the database is stuck for long, what no longer fits is counted and left out.
/// </summary>
public sealed partial class CommandLog(
    IDbContextFactory<HomelabDbContext> databases,
    IOptions<TerminalsOptions> options,
    TimeProvider time,
    ILogger<CommandLog> logger) : BackgroundService
{
    /// <summary>How many commands can wait to be written.</summary>
    public const int Capacity = 10_000;

    private const int LargestBatch = 500;
    private const int PruneBatch = 1000;
    private const int ForeignKeyFault = 19;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromDays(1);

    private readonly Channel<CommandRecord> _waiting = Channel.CreateBounded<CommandRecord>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly List<CommandRecord> _batch = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _stopGate = new();
    private Task? _stop;
    private int _dropped;

    /// <summary>By host id: the time of the last change to its commands. For pages that show them.</summary>
    public LiveStore<string, CommandsChanged> Live { get; } = new(time);

    /// <summary>Takes a command, or what is new of one, and comes back at once.</summary>
    public void Write(CommandRecord record)
    {
        if (!_waiting.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is waiting.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // A batch that could not be written stays, and is tried again.
            while (_batch.Count > 0 || _waiting.Reader.TryPeek(out _))
            {
                while (_batch.Count < LargestBatch && _waiting.Reader.TryRead(out var record))
                {
                    _batch.Add(record);
                }

                await WriteBatchAsync([.. _batch.Distinct()], cancellationToken);
                var hosts = _batch.Select(r => r.HostId).Distinct().ToList();
                _batch.Clear();
                hosts.ForEach(Changed);
            }
        }
        finally
        {
            _writing.Release();
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            LogDropped(dropped);
        }
    }

    /// <summary>Tells the pages that a host's commands have changed.</summary>
    internal void Changed(string hostId) => Live.Set(hostId, new CommandsChanged(time.GetUtcNow().UtcDateTime));

    /// <summary>Whoever hosts the program in a process of its own may ask twice: both wait for the one end.</summary>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            return _stop ??= EndAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        _writing.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(WriteAsync(stoppingToken), PruneAsync(stoppingToken));

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(CancellationToken.None);
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                // Most commands end at once, and are then written once.
                await Task.Delay(Gather, time, stoppingToken);
                await FlushAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }

    private async Task WriteBatchAsync(IReadOnlyList<CommandRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            await WriteTogetherAsync(records, cancellationToken);
        }
        catch (DbUpdateException refused) when (refused.InnerException is SqliteException { SqliteErrorCode: ForeignKeyFault })
        {
            // A user or a host of one of them is gone for good; the others are not to be lost with it.
            if (records.Count == 1)
            {
                LogRefused(records[0].HostId);
                return;
            }

            foreach (var record in records)
            {
                await WriteBatchAsync([record], cancellationToken);
            }
        }
    }

    private async Task WriteTogetherAsync(IReadOnlyList<CommandRecord> records, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var added = records.Where(r => r.RowId == 0).Select(r => (Record: r, Row: r.ToRow())).ToList();
        db.AddRange(added.Select(a => a.Row));
        foreach (var record in records.Where(r => r.RowId != 0))
        {
            var (exitCode, durationMs) = record.Ended();
            await db.Set<TerminalCommandLog>().Where(c => c.Id == record.RowId).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.ExitCode, exitCode).SetProperty(x => x.DurationMs, durationMs), cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        added.ForEach(a => a.Record.RowId = a.Row.Id);
    }

    private async Task PruneAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PruneEvery, time);
        do
        {
            try
            {
                await PruneNowAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>A few at once, so that nothing waits for it.</summary>
    internal async Task PruneNowAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow().UtcDateTime - TimeSpan.FromDays(options.Value.CommandHistoryDays);
        int gone;
        do
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var old = db.Set<TerminalCommandLog>().Where(c => !c.IsPinned && c.CreatedAt < before).OrderBy(c => c.CreatedAt).Take(PruneBatch).Select(c => c.Id);
            gone = await db.Set<TerminalCommandLog>().Where(c => old.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        }
        while (gone == PruneBatch);
    }

    [LoggerMessage(2120, LogLevel.Warning, "{Count} commands of terminals came faster than they could be written and are not in the history.")]
    private partial void LogDropped(int count);

    [LoggerMessage(2121, LogLevel.Error, "Commands of terminals could not be written; they are tried again.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(2122, LogLevel.Warning, "A command on {Host} is not in the history: its host or user is gone.")]
    private partial void LogRefused(string host);
}

/// <summary>The commands of a host have changed.</summary>
public sealed record CommandsChanged(DateTime At);
