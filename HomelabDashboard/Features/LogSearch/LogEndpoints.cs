using System.Globalization;
using HomelabDashboard.Features.Accounts;
using HomelabDashboard.Features.Logs;
using Microsoft.AspNetCore.Mvc;

namespace HomelabDashboard.Features.LogSearch;

/// <summary>A filter of the log as a query gives it.</summary>
public sealed record LogQuery
{
    private const int MaxWord = 255;

    /// <summary>Words separated by commas.</summary>
    [FromQuery(Name = "level")]
    public string? Level { get; init; }

    [FromQuery(Name = "source")]
    public string? Source { get; init; }

    [FromQuery(Name = "host_id")]
    public string? HostId { get; init; }

    [FromQuery(Name = "task_id")]
    public string? TaskId { get; init; }

    [FromQuery(Name = "schedule_id")]
    public string? ScheduleId { get; init; }

    [FromQuery(Name = "user_id")]
    public int? UserId { get; init; }

    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>RFC 3339.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; init; }

    /// <summary>RFC 3339.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; init; }

    public Result<LogFilter> ToFilter()
    {
        var levels = new HashSet<LogEntryLevel>();
        foreach (var word in Level?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (!WordFilter.TryRead<LogEntryLevel>(word, "level", out var level, out var problem))
            {
                return problem;
            }

            levels.Add(level!.Value);
        }

        if (Q?.Length > LogSearchService.MaxText)
        {
            return Problem.Invalid("q", $"q has at most {LogSearchService.MaxText} characters.");
        }

        foreach (var (field, value) in new[] { ("source", Source), ("host_id", HostId), ("task_id", TaskId), ("schedule_id", ScheduleId) })
        {
            if (value?.Length > MaxWord)
            {
                return Problem.Invalid(field, $"{field} has at most {MaxWord} characters.");
            }
        }

        return TryRead(From, out var from)
            ? TryRead(To, out var to)
                ? new LogFilter(Source, HostId, TaskId, ScheduleId, UserId, Q, from, to) { Levels = levels }
                : Wrong("to")
            : Wrong("from");
    }

    private static Problem Wrong(string field) => Problem.Invalid(field, "A time is written as 2026-03-01T12:00:00Z.");

    private static bool TryRead(string? text, out DateTime? value)
    {
        value = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
        return text is null || value is not null;
    }
}

public static class LogEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapLogs(this IEndpointRouteBuilder api)
    {
        var logs = api.MapGroup("/logs").WithTags("Logs").RequireScope(Scopes.LogsRead);
        logs.MapGet("", ListAsync)
            .WithSummary("What happened and what people did, newest first. level: one or several words, separated by commas; q: words of the message, the last may be the beginning of one; from, to: RFC 3339. remote_address is for callers with users:read.")
            .Produces<Page<LogRecord>>().ProducesProblems(StatusCodes.Status400BadRequest);
        logs.MapGet("/export", Export)
            .WithSummary($"The same as a file, newest first: format csv or jsonl (a JSON object a line). It ends after {LogSearchService.MostExported} lines: go on with before, the id of the last one.")
            .Produces<string>(StatusCodes.Status200OK, LogExport.CsvType, LogExport.JsonLinesType).ProducesProblems(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ListAsync([AsParameters] LogQuery filter, [AsParameters] ListQuery query, LogSearchService logs, CancellationToken cancellationToken)
    {
        var wanted = filter.ToFilter();
        return (wanted.Problem ?? LogSearchService.CursorProblem(query))?.ToHttp() ?? TypedResults.Ok(await logs.ListAsync(wanted.Value!, query, cancellationToken));
    }

    private static IResult Export([AsParameters] LogQuery filter, string? format, long? before, LogSearchService logs, CancellationToken cancellationToken)
    {
        var wanted = filter.ToFilter();
        if (!wanted.Succeeded)
        {
            return wanted.Problem.ToHttp();
        }

        if (before < 1)
        {
            return Problem.Invalid("before", "before is the id of a line.").ToHttp();
        }

        var lines = logs.ExportAsync(wanted.Value, before, cancellationToken);
        return format switch
        {
            null or "jsonl" => TypedResults.Stream(body => LogExport.WriteJsonLinesAsync(lines, body, cancellationToken), LogExport.JsonLinesType, "logs.jsonl"),
            "csv" => TypedResults.Stream(body => LogExport.WriteCsvAsync(lines, body, cancellationToken), LogExport.CsvType, "logs.csv"),
            _ => Problem.Invalid("format", "format is csv or jsonl.").ToHttp(),
        };
    }
}
