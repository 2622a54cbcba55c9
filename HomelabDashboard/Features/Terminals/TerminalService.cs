using System.Globalization;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure;
using HomelabDashboard.Infrastructure.Live;
using HomelabDashboard.Infrastructure.Ttyd;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Terminals;

/// <summary>Terminals on hosts and inside containers: what pages and endpoints call. What is another user's does not exist for a caller who is not an admin.</summary>
public sealed class TerminalService(
    TerminalBroker broker,
    SessionRows rows,
    ConnectTickets tickets,
    LiveStore<string, SessionSummary> live,
    LiveStore<string, HostSummary> hosts,
    HostConnections connections,
    DockerService docker,
    SessionCommandsFactory sessionCommands,
    IDbContextFactory<HomelabDbContext> databases,
    Access access,
    ActivityLog activity,
    IOptions<TerminalsOptions> options,
    TimeProvider time)
{
    private const int IdLength = 12;

    /// <summary>
    /// Needs sessions:execute, and docker:execute for one inside a container. Opens a terminal on a host that is connected.
    /// <c>NOT_FOUND</c>, <c>HOST_UNREACHABLE</c>, <c>QUOTA_EXCEEDED</c>, <c>VALIDATION_FAILED</c>, <c>UNAVAILABLE</c>, and what
    /// <see cref="DockerService.ShellAsync"/> refuses.
    /// </summary>
    public async Task<Result<OpenedSession>> OpenAsync(OpenSession request, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        var lifetime = LifetimeOf(request.ExpiresIn);
        if (!lifetime.Succeeded)
        {
            return lifetime.Problem;
        }

        if (hosts.Get(request.HostId) is not { } host)
        {
            return Problem.NotFound("host");
        }

        if (request.Reuse && Own(caller).Where(t => t.Info.HostId == host.Id && t.Info.ContainerId == request.ContainerId).MaxBy(t => t.LastInputAt) is { } existing)
        {
            return await OpenedAsync(existing, caller);
        }

        var command = await CommandAsync(request, cancellationToken);
        if (!command.Succeeded)
        {
            return command.Problem;
        }

        var (program, container) = command.Value;
        var now = time.GetUtcNow().UtcDateTime;
        var info = new SessionInfo
        {
            Id = ShortId.New(IdLength),
            HostId = host.Id,
            HostName = host.Name,
            HostIp = host.IpAddress,
            ContainerId = container?.Id,
            ContainerName = container?.Name,
            UserId = caller.UserId,
            Username = caller.Username,
            Mode = request.Mode,
            CreatedAt = now,
            Lifetime = lifetime.Value,
        };
        var followed = await sessionCommands.CreateAsync(info, host.AnsibleGroup, cancellationToken);
        var (ticket, hash) = tickets.Issue(info.Id, caller.UserId);
        var opened = await broker.OpenAsync(info, program, hash, cancellationToken, followed);
        if (!opened.Succeeded)
        {
            tickets.Forget(info.Id);
            return opened.Problem;
        }

        activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} opened a terminal {PlaceOf(info)}.", host.Id, new { SessionId = info.Id });
        return Opened(opened.Value, ticket, reused: false);
    }

    /// <summary>Needs sessions:execute. A ticket to attach to one's own session; <c>NOT_FOUND</c> also when it has ended.</summary>
    public async Task<Result<OpenedSession>> IssueTicketAsync(string id)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        return broker.Find(id) is { Lifecycle.Status: SessionStatus.Active } terminal && terminal.Info.UserId == caller.UserId
            ? await OpenedAsync(terminal, caller)
            : Problem.NotFound("session");
    }

    /// <summary>
    /// Needs sessions:execute. Puts the end of one's own session off; that counts as typing. Never past 30 days from its creation, and
    /// never nearer than it was. <c>NOT_FOUND</c> also when it has ended, <c>VALIDATION_FAILED</c>.
    /// </summary>
    /// <param name="expiresIn">How long it shall live from now on, such as <c>90m</c>; null: as long as a new one does.</param>
    public async Task<Result<SessionSummary>> ExtendAsync(string id, string? expiresIn)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        var lifetime = LifetimeOf(expiresIn);
        if (!lifetime.Succeeded)
        {
            return lifetime.Problem;
        }

        return FindOwn(caller, id) is { } terminal && await broker.ExtendAsync(terminal, lifetime.Value) && live.Get(id) is { } session
            ? session
            : Problem.NotFound("session");
    }

    /// <summary>Needs sessions:execute. The caller's own session in which nothing was typed for the longest; null when there is none.</summary>
    public async ValueTask<SessionSummary?> LongestIdleAsync()
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        return Own(caller).MinBy(t => t.LastInputAt) is { } terminal ? live.Get(terminal.Info.Id) : null;
    }

    /// <summary>Needs sessions:execute. Ends one's own session to make room (<c>quota</c>), and opens another. What <see cref="OpenAsync"/> refuses, and <c>NOT_FOUND</c>.</summary>
    public async Task<Result<OpenedSession>> OpenInPlaceOfAsync(string id, OpenSession request, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        if (FindOwn(caller, id) is not { } terminal)
        {
            return Problem.NotFound("session");
        }

        // Nothing is ended for a host on which nothing can be opened.
        var command = await CommandAsync(request, cancellationToken);
        if (!command.Succeeded)
        {
            return command.Problem;
        }

        await broker.EndAsync(terminal, SessionEnd.Quota);
        return await OpenAsync(request, cancellationToken);
    }

    /// <summary>
    /// Needs sessions:execute. Gives one's own session, such as one that was just opened, up for another of one's own in the same place: it
    /// ends with <c>reused</c>. <c>NOT_FOUND</c> when either has ended or they are not in one place; nothing is ended then.
    /// </summary>
    public async Task<Result> GiveUpForAsync(string givenUp, string kept)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        if (givenUp == kept || FindOwn(caller, givenUp) is not { } terminal || FindOwn(caller, kept)?.Info is not { } other
            || (other.HostId, other.ContainerId) != (terminal.Info.HostId, terminal.Info.ContainerId))
        {
            return Problem.NotFound("session");
        }

        await broker.EndAsync(terminal, SessionEnd.Reused);
        return Result.Ok;
    }

    /// <summary>
    /// Needs sessions:execute. Types a command into one's own session. <c>NOT_FOUND</c> also when it has ended; <c>SEVERAL_LINES</c>
    /// where its lines would run one by one.
    /// </summary>
    /// <param name="run">Whether Enter is to follow.</param>
    public async Task<Result> TypeAsync(string id, string command, bool run)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        if (FindOwn(caller, id) is not { } terminal)
        {
            return Problem.NotFound("session");
        }

        try
        {
            var text = string.Concat(command.Where(c => !char.IsControl(c) || c is '\n' or '\t'));
            return await terminal.TypeCommandAsync(text, run)
                ? Result.Ok
                : new Problem("SEVERAL_LINES", "This command has several lines, and what runs in the terminal now would take them one by one. Copy it instead.");
        }
        catch (TtydException)
        {
            return Problem.NotFound("session");
        }
    }

    /// <summary>Needs sessions:read. The sessions that live, live; <see cref="LiveSessions.Shows"/> says which of them the caller may see.</summary>
    public async ValueTask<LiveSessions> LiveAsync()
    {
        var caller = await access.RequireAsync(Scopes.SessionsRead);
        return new LiveSessions(live, caller.UserId, caller.Has(Scopes.Admin));
    }

    /// <summary>Needs sessions:read. Newest first.</summary>
    /// <param name="after">The key of the last session of the page before (<see cref="Key"/>); null for the first page.</param>
    /// <returns>Up to <paramref name="limit"/> sessions.</returns>
    public async Task<IReadOnlyList<SessionSummary>> ListAsync(SessionFilter filter, int limit, string? after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = await VisibleAsync(db);
        if (filter.Status is { } status)
        {
            query = query.Where(s => s.Status == status);
        }

        if (filter.HostId is { } hostId)
        {
            query = query.Where(s => s.HostId == hostId);
        }

        if (after?.Split(' ') is [var ticks, var id] && long.TryParse(ticks, CultureInfo.InvariantCulture, out var value)
            && value >= 0 && value <= DateTime.MaxValue.Ticks)
        {
            var at = new DateTime(value, DateTimeKind.Utc);
            query = query.Where(s => s.CreatedAt < at || (s.CreatedAt == at && string.Compare(s.Id, id) < 0));
        }

        var sessions = await Summaries(query.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Take(limit)).ToListAsync(cancellationToken);
        return [.. sessions.Select(s => live.Get(s.Id) ?? s)];
    }

    /// <summary>Needs sessions:read. Those that have ended, the last one first.</summary>
    public async Task<IReadOnlyList<SessionSummary>> EndedLatelyAsync(int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = await VisibleAsync(db);
        return await Summaries(query.Where(s => s.ClosedAt != null).OrderByDescending(s => s.ClosedAt).ThenByDescending(s => s.Id).Take(limit)).ToListAsync(cancellationToken);
    }

    /// <summary>Where in the list a session stands.</summary>
    public static string Key(SessionSummary session) => $"{session.CreatedAt.Ticks.ToString(CultureInfo.InvariantCulture)} {session.Id}";

    /// <summary>Needs sessions:read.</summary>
    public async Task<Result<SessionSummary>> GetAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = await VisibleAsync(db);

        // Looked at before its row, which has its end when it is live no more.
        var shown = live.Get(id);
        return await Summaries(query.Where(s => s.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } found
            ? shown ?? found
            : Problem.NotFound("session");
    }

    /// <summary>Needs sessions:execute. Ends one's own session, or with <c>admin</c> any. One that has ended already stays as it is.</summary>
    public async Task<Result> CloseAsync(string id, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        if (broker.Find(id) is { } terminal && (terminal.Info.UserId == caller.UserId || caller.Has(Scopes.Admin)))
        {
            await broker.EndAsync(terminal, terminal.Info.UserId == caller.UserId ? SessionEnd.UserClose : SessionEnd.ClosedBy(caller.Username));
            activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} closed a terminal {(terminal.Info.Username == caller.Username ? "" : $"of {terminal.Info.Username} ")}{PlaceOf(terminal.Info)}.", terminal.Info.HostId, new { SessionId = id });
            return Result.Ok;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Visible(db, caller).AnyAsync(s => s.Id == id, cancellationToken) ? Result.Ok : Problem.NotFound("session");
    }

    private static string PlaceOf(SessionInfo info) => info.ContainerName is { } container ? $"in {container} on {info.HostName}" : $"on {info.HostName}";

    /// <summary>Needs sessions:read.</summary>
    public async Task<Result<SessionStats>> StatsAsync(string id, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        if (!found.Succeeded)
        {
            return found.Problem;
        }

        var session = found.Value;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var commands = await db.Set<TerminalCommandLog>().CountAsync(c => c.TerminalSessionId == id, cancellationToken);
        var terminal = broker.Find(id);
        var until = session.ClosedAt ?? time.GetUtcNow().UtcDateTime;
        return new SessionStats(
            (long)(until - session.CreatedAt).TotalSeconds,
            (long)(until - (terminal?.LastInputAt ?? session.LastSeenAt)).TotalSeconds,
            terminal?.AttachedClients ?? 0,
            terminal?.BytesIn ?? 0,
            terminal?.BytesOut ?? 0,
            commands,
            session.Status);
    }

    /// <summary>The program and its arguments, and the container that it is to be inside of.</summary>
    private async Task<Result<(IReadOnlyList<string> Program, ContainerSummary? Container)>> CommandAsync(OpenSession request, CancellationToken cancellationToken)
    {
        var remote = ShellIntegration.RemoteCommand;
        ContainerSummary? container = null;
        if (request.ContainerId is { } id)
        {
            var shell = await docker.ShellAsync(id, cancellationToken);
            if (!shell.Succeeded)
            {
                return shell.Problem;
            }

            container = shell.Value.Container;
            if (container.HostId != request.HostId)
            {
                return Problem.NotFound("container on this host");
            }

            remote = $"{shell.Value.Command} {ShellIntegration.ContainerCommand}";
        }

        var command = connections.ShellCommand(request.HostId, remote);
        return command.Succeeded ? (command.Value, container) : command.Problem;
    }

    /// <summary>The caller's own that are open.</summary>
    private IEnumerable<LiveTerminal> Own(Caller caller) =>
        broker.All().Where(t => t.Info.UserId == caller.UserId && t.Lifecycle.Status == SessionStatus.Active);

    private LiveTerminal? FindOwn(Caller caller, string id) => Own(caller).FirstOrDefault(t => t.Info.Id == id);

    private Result<TimeSpan> LifetimeOf(string? expiresIn)
    {
        if (expiresIn is null)
        {
            return options.Value.Lifetime;
        }

        if (!Duration.TryParse(expiresIn, out var lifetime))
        {
            return Problem.Invalid("expires_in", "Write a duration as a whole number and m, h or d, such as 90m, 24h or 7d.");
        }

        return lifetime > TerminalsOptions.MaxLifetime ? Problem.Invalid("expires_in", "A session may live for 30 days at the most.") : lifetime;
    }

    private async Task<OpenedSession> OpenedAsync(LiveTerminal terminal, Caller caller)
    {
        var (ticket, hash) = tickets.Issue(terminal.Info.Id, caller.UserId);
        await rows.TicketIssuedAsync(terminal.Info.Id, hash);
        return Opened(terminal, ticket, reused: true);
    }

    private static OpenedSession Opened(LiveTerminal terminal, string ticket, bool reused) =>
        new(terminal.Info.Id, terminal.Info.HostId, SessionStatus.Active, terminal.Info.Mode, ticket, terminal.ExpiresAt, reused);

    private async ValueTask<IQueryable<TerminalSession>> VisibleAsync(HomelabDbContext db) =>
        Visible(db, await access.RequireAsync(Scopes.SessionsRead));

    private static IQueryable<TerminalSession> Visible(HomelabDbContext db, Caller caller)
    {
        var all = db.Set<TerminalSession>().AsNoTracking();
        return caller.Has(Scopes.Admin) ? all : all.Where(s => s.UserId == caller.UserId);
    }

    private static IQueryable<SessionSummary> Summaries(IQueryable<TerminalSession> sessions) => sessions.Select(s => new SessionSummary(
        s.Id, s.HostId, s.HostName, s.HostIp, s.UserId, s.Username, s.TtydPort, s.TtydPid, s.Mode, s.Status, s.ReasonClosed,
        s.CreatedAt, s.LastSeenAt, s.ExpiresAt, s.ClosedAt, s.ClosedDetail, null, 0, null, null, null)
    {
        ContainerId = s.ContainerId,
        ContainerName = s.ContainerName,
    });
}

/// <summary>The sessions that live, as one caller may see them.</summary>
public sealed record LiveSessions(LiveStore<string, SessionSummary> Store, int UserId, bool All)
{
    public bool Shows(SessionSummary session) => All || session.UserId == UserId;

    /// <summary>Whether the caller may attach to it: an admin may end another's session, not read it.</summary>
    public bool MayAttach(SessionSummary session) => session.UserId == UserId;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<SessionSummary> Visible() =>
        [.. Store.Snapshot().Values.Where(Shows).OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id)];
}
