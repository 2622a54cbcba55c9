using System.Collections.Concurrent;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Terminals;

/// <summary>The sessions that live: starts them, finds them, ends them. Singleton.</summary>
public sealed partial class TerminalBroker(
    SessionRows rows,
    ConnectTickets tickets,
    LiveStore<string, SessionSummary> live,
    ProcessLedger ledger,
    TtydRunFolder runFolder,
    IOptions<TerminalsOptions> options,
    TimeProvider time,
    ILogger<TerminalBroker> logger)
{
    /// <summary>How often a row's last_seen_at is written at the most.</summary>
    private static readonly TimeSpan SeenInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long a shutdown waits for clients to take the last of their output.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    private readonly TerminalsOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private bool _shutDown;

    /// <summary>Starts a program on a terminal of its own.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="tokenHash">Of the first ticket.</param>
    /// <param name="commands">Follows what the shell runs; null for a program that is not asked to tell.</param>
    /// <returns><c>QUOTA_EXCEEDED</c>, or <c>UNAVAILABLE</c> when there is no ttyd or it does not start.</returns>
    public async Task<Result<LiveTerminal>> OpenAsync(
        SessionInfo info, IReadOnlyList<string> command, string tokenHash, CancellationToken cancellationToken, SessionCommands? commands = null)
    {
        if (TtydProgram.Find(_options.TtydPath) is not { } ttyd)
        {
            return new Problem("UNAVAILABLE", "ttyd, which runs the terminals, is not installed on the dashboard's machine. Install it (apt-get install ttyd, or run build/ttyd/setup.sh) and try again.");
        }

        if (TakePlace(info) is { } problem)
        {
            return problem;
        }

        try
        {
            await rows.AddAsync(info, tokenHash, cancellationToken);
            return await StartAsync(info, command, ttyd, commands);
        }
        finally
        {
            lock (_gate)
            {
                if (!_sessions.ContainsKey(info.Id))
                {
                    _places.Remove(info.Id);
                }
            }
        }
    }

    /// <summary>Null when there is no such session that lives.</summary>
    public LiveTerminal? Find(string id) => _sessions.GetValueOrDefault(id)?.Terminal;

    public IEnumerable<LiveTerminal> All() => _sessions.Values.Select(e => e.Terminal);

    /// <summary>Ends a session and waits until its processes are gone. Of several calls the first decides how it ends.</summary>
    public async Task EndAsync(LiveTerminal terminal, SessionEnd end)
    {
        if (!terminal.Lifecycle.TryMove(SessionStatus.Closing))
        {
            if (_sessions.TryGetValue(terminal.Info.Id, out var entry))
            {
                await entry.Ended.Task;
            }

            return;
        }

        terminal.TellState();
        Publish(terminal);
        try
        {
            await rows.ClosingAsync(terminal.Info.Id);
        }
        finally
        {
            tickets.Forget(terminal.Info.Id);
            try
            {
                await terminal.StopAsync(end);
            }
            finally
            {
                terminal.Lifecycle.TryMove(end.Status);
                LogEnded(terminal.Info.Id, terminal.Info.HostName, end.Status, end.Word);
                Entry? entry;
                lock (_gate)
                {
                    _sessions.TryRemove(terminal.Info.Id, out entry);
                    _places.Remove(terminal.Info.Id);
                }

                try
                {
                    await rows.EndedAsync(terminal.Info.Id, end);
                }
                finally
                {
                    // Not before its row is written: who sees it go reads there how it ended.
                    live.Remove(terminal.Info.Id);
                    entry?.Ended.SetResult();
                }
            }
        }
    }

    /// <summary>Ends every session; none can be started any more.</summary>
    public async Task ShutDownAsync()
    {
        lock (_gate)
        {
            _shutDown = true;
        }

        var terminals = All().ToList();
        await Task.WhenAll(terminals.Select(t => EndAsync(t, SessionEnd.ServerShutdown)));

        // The clients go by themselves once they have been told.
        var begun = time.GetTimestamp();
        while (terminals.Exists(t => t.AttachedClients > 0) && time.GetElapsedTime(begun) < FarewellTime)
        {
            await Task.Delay(FarewellTime / 50, time);
        }
    }

    /// <summary>Ends the sessions whose time has come, and tells clients and rows what has changed by the passing of time.</summary>
    public async Task SweepAsync()
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var (id, entry) in _sessions)
        {
            var terminal = entry.Terminal;
            if (EndOf(terminal, now) is { } end)
            {
                await EndAsync(terminal, end);
                continue;
            }

            terminal.TellState();
            if (terminal.AttachedClients > 0 && now - entry.SeenAt >= SeenInterval)
            {
                entry.SeenAt = now;
                await rows.SeenAsync(id, now);
            }
        }
    }

    /// <summary>Publishes what has changed by typing and output; to be called about once a second.</summary>
    public void PublishFigures()
    {
        foreach (var terminal in All())
        {
            if (live.Get(terminal.Info.Id) is { } shown && (shown.BytesIn != terminal.BytesIn || shown.BytesOut != terminal.BytesOut || shown.LastInputAt != terminal.LastInputAt))
            {
                Publish(terminal);
            }
        }
    }

    /// <summary>Puts a session's end off, in memory and in its row.</summary>
    /// <param name="lifetime">From now on.</param>
    /// <returns>False when it is ending.</returns>
    public async Task<bool> ExtendAsync(LiveTerminal terminal, TimeSpan lifetime)
    {
        if (!terminal.Extend(lifetime))
        {
            return false;
        }

        await rows.ExtendedAsync(terminal.Info.Id, terminal.ExpiresAt);
        return true;
    }

    private SessionEnd? EndOf(LiveTerminal terminal, DateTime now)
    {
        if (now >= terminal.ExpiresAt)
        {
            return SessionEnd.Ttl;
        }

        if (now >= terminal.IdleExpiresAt)
        {
            return SessionEnd.Idle;
        }

        return UnattendedEnd(terminal) <= now ? SessionEnd.ClientLost : null;
    }

    /// <summary>When it ends if nobody attaches to it; null while somebody is.</summary>
    private DateTime? UnattendedEnd(LiveTerminal terminal) =>
        terminal.UnattendedSince + (terminal.WasAttached ? _options.DetachedTimeout : _options.FirstAttachTimeout);

    private async Task<Result<LiveTerminal>> StartAsync(SessionInfo info, IReadOnlyList<string> command, string ttyd, SessionCommands? commands)
    {
        TtydConnection connection;
        try
        {
            // Not to be cancelled by the one who asked: the row is there now, and it must come to its end.
            connection = await TtydConnection.StartAsync(
                new TtydLaunch { Ttyd = ttyd, RunFolder = runFolder.Path, Name = info.Id, Command = command }, ledger, CancellationToken.None);
        }
        catch (Exception failed)
        {
            var words = failed is TtydException ? failed.Message : "The terminal could not be started.";
            LogNotStarted(info.Id, info.HostName, failed);
            await rows.EndedAsync(info.Id, SessionEnd.Error(words));
            return new Problem("UNAVAILABLE", $"{words} Try again; the dashboard's log says more.");
        }

        var terminal = new LiveTerminal(info, connection, _options, time, Changed, commands);
        terminal.Lifecycle.TryMove(SessionStatus.Active);
        var entry = new Entry(terminal) { SeenAt = info.CreatedAt };
        _sessions[info.Id] = entry;
        await rows.StartedAsync(info.Id, connection.Identity);
        Publish(terminal);
        LogStarted(info.Id, info.HostName, info.Username);
        _ = CarryAsync(terminal);

        bool late;
        lock (_gate)
        {
            late = _shutDown;
        }

        if (late)
        {
            await EndAsync(terminal, SessionEnd.ServerShutdown);
        }

        return terminal;
    }

    private async Task CarryAsync(LiveTerminal terminal)
    {
        SessionEnd end;
        try
        {
            end = await terminal.RunAsync();
        }
        catch (Exception broken)
        {
            LogBroken(terminal.Info.Id, broken);
            end = SessionEnd.Error("This session has failed; the dashboard's log says why.");
        }

        try
        {
            await EndAsync(terminal, end);
        }
        catch (Exception broken)
        {
            LogBroken(terminal.Info.Id, broken);
        }
    }

    private void Changed(LiveTerminal terminal)
    {
        terminal.TellState();
        Publish(terminal);
    }

    private void Publish(LiveTerminal terminal)
    {
        lock (_gate)
        {
            // One that has ended must not come back into the list.
            if (_sessions.ContainsKey(terminal.Info.Id))
            {
                live.Set(terminal.Info.Id, Summary(terminal));
            }
        }
    }

    private static SessionSummary Summary(LiveTerminal terminal)
    {
        var info = terminal.Info;
        return new(
            info.Id, info.HostId, info.HostName, info.HostIp, info.UserId, info.Username, 0, terminal.Ttyd.Pid, info.Mode, terminal.Lifecycle.Status,
            null, info.CreatedAt, terminal.LastSeenAt, terminal.ExpiresAt, null, null, terminal.IdleExpiresAt, terminal.AttachedClients,
            terminal.LastInputAt, terminal.BytesIn, terminal.BytesOut)
        {
            ContainerId = info.ContainerId,
            ContainerName = info.ContainerName,
        };
    }

    private Problem? TakePlace(SessionInfo info)
    {
        lock (_gate)
        {
            if (_shutDown)
            {
                return new Problem("UNAVAILABLE", "The dashboard is shutting down.");
            }

            if (_places.Values.Count(u => u == info.UserId) >= _options.MaxSessionsPerUser)
            {
                return new Problem("QUOTA_EXCEEDED", $"You have {_options.MaxSessionsPerUser} terminals open, which is as many as one person may have. Close one and try again.")
                {
                    RetryAfter = NextEnd(t => t.Info.UserId == info.UserId),
                };
            }

            if (_places.Count >= _options.MaxSessions)
            {
                return new Problem("QUOTA_EXCEEDED", $"{_options.MaxSessions} terminals are open, which is as many as the dashboard allows. Try again when one is closed.")
                {
                    RetryAfter = NextEnd(_ => true),
                };
            }

            _places.Add(info.Id, info.UserId);
            return null;
        }
    }

    /// <summary>How long until the first of these ends by itself, if nobody does anything.</summary>
    private TimeSpan? NextEnd(Func<LiveTerminal, bool> which)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return All().Where(which).Min(t => (TimeSpan?)(new[] { t.ExpiresAt, t.IdleExpiresAt, UnattendedEnd(t) ?? DateTime.MaxValue }.Min() - now));
    }

    [LoggerMessage(2101, LogLevel.Information, "Terminal {Session} on {Host} opened by {User}.")]
    private partial void LogStarted(string session, string host, string user);

    [LoggerMessage(2102, LogLevel.Information, "Terminal {Session} on {Host} ended: {Status} ({Reason}).")]
    private partial void LogEnded(string session, string host, SessionStatus status, string reason);

    [LoggerMessage(2103, LogLevel.Error, "Terminal {Session} on {Host} could not be started.")]
    private partial void LogNotStarted(string session, string host, Exception exception);

    [LoggerMessage(2104, LogLevel.Error, "Terminal {Session} has failed.")]
    private partial void LogBroken(string session, Exception exception);

    private sealed class Entry(LiveTerminal terminal)
    {
        public LiveTerminal Terminal { get; } = terminal;

        public DateTime SeenAt { get; set; }

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
