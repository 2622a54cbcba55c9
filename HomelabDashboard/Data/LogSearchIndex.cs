using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HomelabDashboard.Data;

/// <summary>
/// The full-text index over the table <c>logs</c> (SQLite's FTS5, kept by triggers). What a line is filtered by stands in it too, as
/// words that nobody can type, so that any filter with any text is one walk through the index, newest first.
/// </summary>
public static class LogSearchIndex
{
    public const string Level = "l";
    public const string Source = "s";
    public const string Host = "h";
    public const string Task = "t";
    public const string Schedule = "c";
    public const string User = "u";

    /// <summary>Of the private use area: a letter to the index, and taken out of what people look for. The view <c>logs_text</c> writes it too.</summary>
    private const char Mark = '\uE000';

    private const int MostTerms = 16;

    /// <summary>A shorter beginning of a word would match too much of everything.</summary>
    private const int ShortestBeginning = 2;

    /// <summary>How many lines around a time are asked which of them was written first, or last.</summary>
    private const string Near = "1000";

    /// <summary>How far a clock may have been set back before a filter by time misses lines of that while.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromHours(2);

    /// <summary>The query for lines that have every word of a text, the last as a beginning. Nothing of the text is syntax.</summary>
    /// <param name="text">As somebody typed it.</param>
    /// <param name="facets">Kinds, each with the values of which a line must have one.</param>
    /// <returns>Null: every line. A text without any word in it is in no line.</returns>
    public static string? Query(string? text, params IEnumerable<(string Kind, IReadOnlyCollection<string> Values)> facets)
    {
        var parts = facets.Where(f => f.Values.Count > 0)
            .Select(f => $"facets : ({string.Join(" OR ", f.Values.Select(v => Quote($"{Mark}{f.Kind}{v}")))})").ToList();
        var terms = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(term => term.Replace(Mark, ' ')).Where(term => term.EnumerateRunes().Any(Rune.IsLetterOrDigit)).Take(MostTerms).ToList();
        if (terms.Count == 0 && !string.IsNullOrWhiteSpace(text))
        {
            parts.Add($"message : {Quote("")}");
        }

        for (var i = 0; i < terms.Count; i++)
        {
            var beginning = i == terms.Count - 1 && LastWord(terms[i]) >= ShortestBeginning ? "*" : "";
            parts.Add($"message : {Quote(terms[i])}{beginning}");
        }

        return parts.Count == 0 ? null : string.Join(" AND ", parts);
    }

    /// <summary>The ids of the lines that match, newest first.</summary>
    /// <param name="db">Of the database.</param>
    /// <param name="query">From <see cref="Query"/>.</param>
    /// <param name="window">Which of them.</param>
    /// <param name="take">At most this many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<List<long>> FindAsync(HomelabDbContext db, string? query, LogWindow window, int take, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder("SELECT l.id FROM ");
        sql.Append(query is null ? "logs l WHERE 1" : "logs_search s CROSS JOIN logs l ON l.id = s.rowid WHERE s.logs_search MATCH @query");
        var id = query is null ? "l.id" : "s.rowid";
        var parameters = new List<SqliteParameter> { new("@take", take) };
        if (query is not null)
        {
            parameters.Add(new("@query", query));
        }

        void And(string condition, string name, object value)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND {condition} {name}");
            parameters.Add(new(name, value));
        }

        // Lines stand in the order of their time but for clocks that were set, so a time is nearly an id; the time itself decides.
        var (first, last) = await BoundsAsync(db, window, cancellationToken);
        if (first is { } from)
        {
            And($"{id} >=", "@first", from);
        }

        if (Least(last, window.Before - 1) is { } until)
        {
            And($"{id} <=", "@last", until);
        }

        if (window.After is { } after)
        {
            And($"{id} >", "@after", after);
        }

        if (window.From is { } since)
        {
            And("l.created_at >=", "@from", since);
        }

        if (window.To is { } to)
        {
            And("l.created_at <", "@to", to);
        }

        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {id} DESC LIMIT @take");
        return await ListAsync(db, sql.ToString(), parameters, cancellationToken);
    }

    private static async Task<(long? First, long? Last)> BoundsAsync(HomelabDbContext db, LogWindow window, CancellationToken cancellationToken)
    {
        long? first = null;
        long? last = null;
        if (window.From is { } from)
        {
            var found = await ListAsync(
                db, $"SELECT min(id) FROM (SELECT id FROM logs WHERE created_at >= @at ORDER BY created_at, id LIMIT {Near})", [new("@at", Moved(from, -ClockStep))], cancellationToken);
            first = found.Count > 0 ? found[0] : long.MaxValue;
        }

        if (window.To is { } to)
        {
            var found = await ListAsync(
                db, $"SELECT max(id) FROM (SELECT id FROM logs WHERE created_at < @at ORDER BY created_at DESC, id DESC LIMIT {Near})", [new("@at", Moved(to, ClockStep))], cancellationToken);
            last = found.Count > 0 ? found[0] : 0;
        }

        return (first, last);
    }

    private static async Task<List<long>> ListAsync(HomelabDbContext db, string sql, List<SqliteParameter> parameters, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddRange(parameters.ToArray());
        var ids = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(0))
            {
                ids.Add(reader.GetInt64(0));
            }
        }

        return ids;
    }

    /// <summary>A time can be asked for that has none before or after it.</summary>
    private static DateTime Moved(DateTime time, TimeSpan by) => new(Math.Clamp(time.Ticks + by.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), time.Kind);

    private static long? Least(long? a, long? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    private static int LastWord(string term) => term.Reverse().TakeWhile(char.IsLetterOrDigit).Count();

    /// <summary>A NUL would end the query.</summary>
    private static string Quote(string term) => $"\"{term.Replace('\0', ' ').Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>A stretch of the log.</summary>
/// <param name="Before">Only lines with a lower id.</param>
/// <param name="After">Only lines with a higher id.</param>
/// <param name="From">Not before this time.</param>
/// <param name="To">Before this time.</param>
public sealed record LogWindow(long? Before = null, long? After = null, DateTime? From = null, DateTime? To = null);
