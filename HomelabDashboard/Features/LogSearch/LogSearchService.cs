using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Features.LogSearch;

/// <summary>The log of what happened, to be read: what pages and endpoints call.</summary>
public sealed class LogSearchService(IDbContextFactory<HomelabDbContext> databases, ActivityLog log, Access access)
{
    public const int MaxText = 200;

    /// <summary>An export ends after this many lines.</summary>
    public const int MostExported = 100_000;

    private const int ExportedAtOnce = 1_000;

    /// <summary>Needs logs:read. Tells that lines were written.</summary>
    public async ValueTask<LiveStore<string, LogsChanged>> LiveAsync()
    {
        await access.RequireAsync(Scopes.LogsRead);
        return log.Live;
    }

    /// <summary>Needs logs:read; where from things were done, users:read. Newest first.</summary>
    public async Task<Page<LogRecord>> ListAsync(LogFilter filter, ListQuery query, CancellationToken cancellationToken) => query.PageOf(
        await ListAsync(filter, query.Take + 1, before: BeforeOf(query), after: null, cancellationToken), e => e.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Needs logs:read; where from things were done, users:read. Newest first.</summary>
    /// <param name="filter">Which lines.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="before">Only lines written before the one with this id.</param>
    /// <param name="after">Only lines written after the one with this id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LogRecord>> ListAsync(LogFilter filter, int limit, long? before, long? after, CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.LogsRead);
        return await ReadAsync(filter, limit, before, after, withAddresses: caller.Has(Scopes.UsersRead), cancellationToken);
    }

    /// <summary>Needs logs:read. Whom lines may be about, by name: without users:read the caller alone.</summary>
    public async Task<IReadOnlyList<LogUser>> UsersAsync(CancellationToken cancellationToken)
    {
        var caller = await access.RequireAsync(Scopes.LogsRead);
        if (!caller.Has(Scopes.UsersRead))
        {
            return [new(caller.UserId, caller.Username)];
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<User>().AsNoTracking().IgnoreQueryFilters().OrderBy(u => u.Username).Select(u => new LogUser(u.Id, u.Username)).ToListAsync(cancellationToken);
    }

    /// <summary>Needs logs:read; where from things were done, users:read. Newest first, at most <see cref="MostExported"/>.</summary>
    /// <param name="filter">Which lines.</param>
    /// <param name="before">Only lines written before the one with this id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<LogRecord> ExportAsync(LogFilter filter, long? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var count = 0; count < MostExported; count += ExportedAtOnce)
        {
            // Looked at again: an export may last.
            var lines = await ListAsync(filter, ExportedAtOnce, before, after: null, cancellationToken);
            foreach (var line in lines)
            {
                yield return line;
            }

            if (lines.Count < ExportedAtOnce)
            {
                yield break;
            }

            before = lines[^1].Id;
        }
    }

    internal static Problem? CursorProblem(ListQuery query) =>
        query.After is not null && BeforeOf(query) is null ? Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.") : null;

    private static long? BeforeOf(ListQuery query) =>
        long.TryParse(query.After, NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null;

    private async Task<IReadOnlyList<LogRecord>> ReadAsync(LogFilter filter, int limit, long? before, long? after, bool withAddresses, CancellationToken cancellationToken)
    {
        var match = LogSearchIndex.Query(
            filter.Text,
            (LogSearchIndex.Level, [.. filter.Levels.Select(EnumWords<LogEntryLevel>.Of)]),
            (LogSearchIndex.Source, One(filter.Source)),
            (LogSearchIndex.Host, One(filter.HostId)),
            (LogSearchIndex.Task, One(filter.TaskId)),
            (LogSearchIndex.Schedule, One(filter.ScheduleId)),
            (LogSearchIndex.User, One(filter.UserId?.ToString(CultureInfo.InvariantCulture))));
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ids = await LogSearchIndex.FindAsync(db, match, new(before, after, filter.From, filter.To), limit, cancellationToken);
        var rows = await db.Set<LogEntry>().AsNoTracking().Where(e => ids.Contains(e.Id)).OrderByDescending(e => e.Id).ToListAsync(cancellationToken);

        // Earlier versions wrote the address of a sign-in among its facts too.
        bool IsHidden(LogEntry e) => !withAddresses && e.Source == "accounts" && e.Details!.Contains("\"address\"", StringComparison.Ordinal);
        return rows.ConvertAll(e => new LogRecord(
            e.Id, e.Level, e.Source, e.Message, e.Details is null || IsHidden(e) ? null : JsonSerializer.Deserialize<JsonElement>(e.Details),
            e.HostId, e.TaskId, e.ScheduleId, e.UserId, withAddresses ? e.RemoteAddress : null, e.CreatedAt));
    }

    private static IReadOnlyCollection<string> One(string? value) => string.IsNullOrEmpty(value) ? [] : [value];
}

/// <summary>Somebody whom lines may be about, also one who was deleted.</summary>
public sealed record LogUser(int Id, string Name);
