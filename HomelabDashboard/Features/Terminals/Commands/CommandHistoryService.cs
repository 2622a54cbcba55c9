using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>The history of commands: one's own, with <c>admin</c> everybody's. What one may not see does not exist.</summary>
public sealed class CommandHistoryService(IDbContextFactory<HomelabDbContext> databases, CommandLog log, ActivityLog activity, Access access)
{
    public const int MaxText = 200;

    /// <summary>Needs sessions:read. Which hosts' commands change, live.</summary>
    public async ValueTask<LiveStore<string, CommandsChanged>> LiveAsync()
    {
        await access.RequireAsync(Scopes.SessionsRead);
        return log.Live;
    }

    /// <summary>Needs sessions:read. Newest first.</summary>
    /// <param name="before">The id of the last one of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<CommandEntry>> ListAsync(CommandFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = Where(await VisibleAsync(db), filter);
        return await Entries(found.Where(c => before == null || c.Id < before).OrderByDescending(c => c.Id).Take(limit)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs sessions:read. Each command once for each host and person, the last one run first.</summary>
    /// <param name="before">The id of the newest of the last group of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<CommandGroup>> GroupsAsync(CommandFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var groups = await Where(await VisibleAsync(db), filter)
            .GroupBy(c => new { c.CommandHash, c.HostId, c.UserId, c.IsBlocked })
            .Select(g => new { Newest = g.Max(c => c.Id), Times = g.Count(), Pinned = g.Max(c => c.IsPinned ? 1 : 0) })
            .Where(g => before == null || g.Newest < before)
            .OrderByDescending(g => g.Newest).Take(limit).ToListAsync(cancellationToken);
        var ids = groups.Select(g => g.Newest).ToList();
        var entries = await Entries(db.Set<TerminalCommandLog>().AsNoTracking().Where(c => ids.Contains(c.Id))).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. groups.Where(g => entries.ContainsKey(g.Newest)).Select(g => new CommandGroup(entries[g.Newest] with { IsPinned = g.Pinned > 0 }, g.Times))];
    }

    /// <summary>Needs sessions:read. Whose commands there are that the caller may see, by name.</summary>
    public async Task<IReadOnlyList<CommandUser>> UsersAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await (await VisibleAsync(db)).Where(c => c.UserId != null && c.Username != null)
            .Select(c => new { c.UserId, c.Username }).Distinct().OrderBy(c => c.Username)
            .Select(c => new CommandUser(c.UserId!.Value, c.Username!)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs sessions:execute. A pinned command stays past its time. <c>NOT_FOUND</c>.</summary>
    /// <param name="repeats">Takes the pin off every other run of the same command by the same person on that host too.</param>
    public async Task<Result<CommandEntry>> PinAsync(long id, bool pinned, bool repeats, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.SessionsExecute);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var visible = await VisibleAsync(db);
        if (await visible.Where(c => c.Id == id).Select(c => new { c.CommandHash, c.HostId, c.UserId }).SingleOrDefaultAsync(cancellationToken) is not { } found)
        {
            return Problem.NotFound("command");
        }

        var which = repeats && !pinned
            ? visible.Where(c => c.CommandHash == found.CommandHash && c.HostId == found.HostId && c.UserId == found.UserId && c.IsPinned)
            : visible.Where(c => c.Id == id);
        await which.ExecuteUpdateAsync(s => s.SetProperty(c => c.IsPinned, pinned), cancellationToken);
        log.Changed(found.HostId);
        activity.Write(LogEntryLevel.Info, "terminals", $"{caller.Username} {(pinned ? "pinned a command" : "took the pin off a command")}.", found.HostId, new { CommandId = id });
        return await Entries(visible.Where(c => c.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } entry ? entry : Problem.NotFound("command");
    }

    private async ValueTask<IQueryable<TerminalCommandLog>> VisibleAsync(HomelabDbContext db)
    {
        var caller = await access.RequireAsync(Scopes.SessionsRead);
        var all = db.Set<TerminalCommandLog>().AsNoTracking();
        return caller.Has(Scopes.Admin) ? all : all.Where(c => c.UserId == caller.UserId);
    }

    private static IQueryable<TerminalCommandLog> Where(IQueryable<TerminalCommandLog> commands, CommandFilter filter)
    {
        if (filter.HostId is { } host)
        {
            commands = commands.Where(c => c.HostId == host);
        }

        if (filter.SessionId is { } session)
        {
            commands = commands.Where(c => c.TerminalSessionId == session);
        }

        if (filter.UserId is { } user)
        {
            commands = commands.Where(c => c.UserId == user);
        }

        if (filter.Pinned is { } pinned)
        {
            commands = commands.Where(c => c.IsPinned == pinned);
        }

        if (filter.Blocked is { } blocked)
        {
            commands = commands.Where(c => c.IsBlocked == blocked);
        }

        if (filter.Text is { Length: > 0 } text)
        {
            var like = $"%{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";
            commands = commands.Where(c => EF.Functions.Like(c.Command, like, @"\"));
        }

        return commands;
    }

    private static IQueryable<CommandEntry> Entries(IQueryable<TerminalCommandLog> commands) => commands.Select(c => new CommandEntry(
        c.Id, c.CreatedAt, c.HostId, c.HostName, c.UserId, c.Username, c.TerminalSessionId, c.Command, c.Source, c.IsPinned, c.IsBlocked,
        c.BlockedReason, c.Directory, c.ExitCode, c.DurationMs));
}

/// <summary>Somebody who has commands in the history.</summary>
public sealed record CommandUser(int Id, string Name);
