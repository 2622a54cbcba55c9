using System.Globalization;
using HomelabDashboard.Features;
using HomelabDashboard.Features.LogSearch;
using Microsoft.AspNetCore.Http.Extensions;

namespace HomelabDashboard.Components.Pages.Logs;

/// <summary>What the page of the log shows, as its URL says. What is wrong in there is left out.</summary>
public sealed record LogView(
    string? Query = null, string? Level = null, string? Source = null, string? HostId = null, string? TaskId = null, string? ScheduleId = null,
    int? UserId = null, string? Range = null, string? From = null, string? To = null)
{
    public const string Between = "between";
    private const int MaxWord = 255;

    public static readonly (string? Words, string Name)[] Levels =
    [
        (null, "All levels"), ("warning,error,critical", "Warnings and worse"), ("error,critical", "Errors and worse"),
        ("info", "Info"), ("debug", "Debug"),
    ];

    /// <summary>The rooms that write lines.</summary>
    public static readonly string[] Sources = ["accounts", "alerts", "api", "automation", "dashboard", "docker", "hosts", "logs", "notifications", "operations", "schedules", "terminals"];

    public static readonly (string? Word, string Name)[] Ranges =
        [(null, "Any time"), ("1h", "Last hour"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days"), (Between, "Between…")];


    /// <summary>From when on a range is counted; no part of what makes two views the same.</summary>
    public DateTime Now { get; init; }

    public bool IsFiltered => this != new LogView { Now = Now };

    /// <summary>Null where it names no levels.</summary>
    public string? KnownLevel => Cut(Level) is { } level && new LogQuery { Level = level }.ToFilter().Succeeded ? level : null;

    /// <summary>It ends in the past: nothing new can come.</summary>
    public bool IsOver => Filter.To <= Now;

    public DateTime? FromTime => Range == Between ? Time(From) : Ranges.Any(r => r.Word == Range) && Duration.TryParse(Range, out var span) ? Now - span : null;

    public DateTime? ToTime => Range == Between ? Time(To) : null;

    public LogFilter Filter => Asked.ToFilter().Value! with { From = FromTime, To = ToTime };

    public string ExportPath(string format)
    {
        var query = new QueryBuilder { { "format", format } };
        foreach (var (name, value) in new[]
        {
            ("level", KnownLevel), ("source", Cut(Source)), ("host_id", Cut(HostId)), ("task_id", Cut(TaskId)), ("schedule_id", Cut(ScheduleId)),
            ("user_id", UserId?.ToString(CultureInfo.InvariantCulture)), ("q", Cut(Query, LogSearchService.MaxText)), ("from", Text(FromTime)), ("to", Text(ToTime)),
        })
        {
            if (value is not null)
            {
                query.Add(name, value);
            }
        }

        return "/api/v1/logs/export" + query;
    }

    public bool Equals(LogView? other) => other is not null && Parts == other.Parts;

    public override int GetHashCode() => Parts.GetHashCode();

    internal static string? Text(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private (string?, string?, string?, string?, string?, string?, int?, string?, string?, string?) Parts =>
        (Query, Level, Source, HostId, TaskId, ScheduleId, UserId, Range, From, To);

    /// <summary>Without anything that would be refused.</summary>
    private LogQuery Asked => new()
    {
        Level = KnownLevel,
        Source = Cut(Source),
        HostId = Cut(HostId),
        TaskId = Cut(TaskId),
        ScheduleId = Cut(ScheduleId),
        UserId = UserId,
        Q = Cut(Query, LogSearchService.MaxText),
    };

    private static string? Cut(string? text, int most = MaxWord) => string.IsNullOrWhiteSpace(text) ? null : text[..Math.Min(text.Length, most)];

    private static DateTime? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
}
