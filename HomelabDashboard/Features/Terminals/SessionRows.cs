using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Processes;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Terminals;

/// <summary>Keeps the sessions' rows as the sessions live. Singleton.</summary>
public sealed class SessionRows(IDbContextFactory<HomelabDbContext> databases, TimeProvider time)
{
    /// <summary>The most characters of <see cref="TerminalSession.ClosedDetail"/>.</summary>
    public const int MaxDetail = 500;

    private static readonly SessionStatus[] Open = [SessionStatus.Starting, SessionStatus.Active, SessionStatus.Closing];

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Writes down a session that is about to start.</summary>
    public async Task AddAsync(SessionInfo info, string tokenHash, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(new TerminalSession
        {
            Id = info.Id,
            HostId = info.HostId,
            HostName = info.HostName,
            HostIp = info.HostIp,
            ContainerId = info.ContainerId,
            ContainerName = info.ContainerName,
            UserId = info.UserId,
            Username = info.Username,
            TokenHash = tokenHash,
            Mode = info.Mode,
            Status = SessionStatus.Starting,
            CreatedAt = info.CreatedAt,
            LastSeenAt = info.CreatedAt,
            ExpiresAt = info.CreatedAt + info.Lifetime,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    // Steps can be written at the same time by several who saw them happen; each is written only from a state that it may follow,
    // so that one who comes late does not bring back what was.
    public Task StartedAsync(string id, ProcessIdentity ttyd) => UpdateAsync(id, SessionStatus.Active, s => s
        .SetProperty(x => x.Status, SessionStatus.Active)
        .SetProperty(x => x.TtydPid, ttyd.Pid)
        .SetProperty(x => x.TtydStartTicks, ttyd.StartTicks));

    public Task ClosingAsync(string id) => UpdateAsync(id, SessionStatus.Closing, s => s.SetProperty(x => x.Status, SessionStatus.Closing));

    public Task EndedAsync(string id, SessionEnd end) => UpdateAsync(id, end.Status, s => s
        .SetProperty(x => x.Status, end.Status)
        .SetProperty(x => x.ReasonClosed, end.Reason)
        .SetProperty(x => x.ClosedDetail, Detail(end.Words))
        .SetProperty(x => x.ClosedAt, Now));

    public Task ExtendedAsync(string id, DateTime expiresAt) => UpdateAsync(id, s => s.SetProperty(x => x.ExpiresAt, expiresAt));

    public Task SeenAsync(string id, DateTime at) => UpdateAsync(id, s => s.SetProperty(x => x.LastSeenAt, at));

    /// <param name="hash">Of the newest ticket.</param>
    public Task TicketIssuedAsync(string id, string hash) => UpdateAsync(id, s => s.SetProperty(x => x.TokenHash, hash));

    /// <summary>Ends what an earlier run of the program left open. To be called once, before any session starts.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> CloseLeftoversAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var left = db.Set<TerminalSession>().Where(s => Open.Contains(s.Status));
        var processes = await left.Where(s => s.TtydPid != null && s.TtydStartTicks != null)
            .Select(s => new { Pid = s.TtydPid!.Value, Ticks = s.TtydStartTicks!.Value }).ToListAsync(cancellationToken);
        foreach (var process in processes)
        {
            // The start time counts from the boot, so a process of another boot is not taken for it.
            if (ProcessIdentity.Of(process.Pid) is { } identity && identity.StartTicks == process.Ticks)
            {
                identity.Kill();
            }
        }

        return await left.ExecuteUpdateAsync(
            s => s.SetProperty(x => x.Status, SessionStatus.Closed)
                .SetProperty(x => x.ReasonClosed, SessionEndReason.ServerShutdown)
                .SetProperty(x => x.ClosedDetail, "The dashboard ended unexpectedly, and this terminal with it.")
                .SetProperty(x => x.ClosedAt, Now),
            cancellationToken);
    }

    private static string Detail(string words) => words.Length > MaxDetail ? words[..MaxDetail] : words;

    private async Task UpdateAsync(string id, SessionStatus to, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<TerminalSession>> set)
    {
        var from = Enum.GetValues<SessionStatus>().Where(status => SessionLifecycle.MayMove(status, to)).ToArray();
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<TerminalSession>().Where(s => s.Id == id && from.Contains(s.Status)).ExecuteUpdateAsync(set);
    }

    private async Task UpdateAsync(string id, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<TerminalSession>> set)
    {
        await using var db = await databases.CreateDbContextAsync();
        await db.Set<TerminalSession>().Where(s => s.Id == id).ExecuteUpdateAsync(set);
    }
}
