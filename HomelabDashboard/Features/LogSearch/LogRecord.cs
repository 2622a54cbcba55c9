using System.Text.Json;
using HomelabDashboard.Features.Logs;

namespace HomelabDashboard.Features.LogSearch;

/// <summary>One line of the log as pages and programs see it. All text in it may come from outside.</summary>
/// <param name="Source">The room it comes from, such as <c>hosts</c>; <c>api</c> for what programs asked for.</param>
/// <param name="Details">More facts, as a JSON object; null where there are none.</param>
/// <param name="UserId">Whoever did it; null where nobody signed in did.</param>
/// <param name="RemoteAddress">Where that came from; null where it is not known, and for callers without users:read.</param>
public sealed record LogRecord(
    long Id, LogEntryLevel Level, string? Source, string Message, JsonElement? Details, string? HostId, string? TaskId, string? ScheduleId,
    int? UserId, string? RemoteAddress, DateTime CreatedAt);
