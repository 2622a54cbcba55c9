using System.Globalization;

namespace HomelabDashboard.Features.Alerts;

/// <summary>A time of each day in which nobody is to be disturbed; it may go over midnight.</summary>
public readonly record struct QuietHours(TimeOnly From, TimeOnly Until, TimeZoneInfo Zone)
{
    private const string Form = "HH:mm";

    /// <summary>Null where there are none, or they cannot be read.</summary>
    /// <param name="from">A time of day: <c>22:00</c>.</param>
    /// <param name="until">A time of day.</param>
    /// <param name="zone">An IANA name; null: UTC.</param>
    public static QuietHours? Read(string? from, string? until, string? zone) =>
        TryTime(from, out var start) && TryTime(until, out var end) && start != end && TryZone(zone, out var place) ? new QuietHours(start, end, place) : null;

    /// <summary>Messages by field; empty when all is well.</summary>
    public static void Check(string? from, string? until, string? zone, Dictionary<string, string[]> errors)
    {
        var (noFrom, noUntil) = (string.IsNullOrEmpty(from), string.IsNullOrEmpty(until));
        if (!noFrom && !TryTime(from, out _))
        {
            errors["quiet_from"] = ["A time of day is written such as 22:00."];
        }

        if (!noUntil && !TryTime(until, out _))
        {
            errors["quiet_until"] = ["A time of day is written such as 07:00."];
        }

        if (noFrom != noUntil || (!noFrom && from == until))
        {
            errors["quiet_until"] = ["Give two different times, from when and until when, or neither."];
        }

        if (!TryZone(zone, out _))
        {
            errors["timezone"] = ["Name a time zone such as Europe/Berlin."];
        }
    }

    /// <summary>When they end, UTC; null when it is not quiet at this time.</summary>
    public DateTime? EndAfter(DateTime now)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(now, Zone);
        var at = TimeOnly.FromDateTime(local);
        var isQuiet = From < Until ? at >= From && at < Until : at >= From || at < Until;
        if (!isQuiet)
        {
            return null;
        }

        var end = DateOnly.FromDateTime(local).AddDays(at < Until ? 0 : 1).ToDateTime(Until);
        TimeSpan[] offsets = Zone.IsAmbiguousTime(end) ? Zone.GetAmbiguousTimeOffsets(end)
            : Zone.IsInvalidTime(end) ? [Zone.GetUtcOffset(end.AddHours(-3))]
            : [Zone.GetUtcOffset(end)];

        // A time of day that comes twice that day counts when it comes first.
        return offsets.Select(o => DateTime.SpecifyKind(end - o, DateTimeKind.Utc)).Where(e => e > now).DefaultIfEmpty(now.AddMinutes(1)).Min();
    }

    private static bool TryTime(string? text, out TimeOnly time) => TimeOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool TryZone(string? id, out TimeZoneInfo zone)
    {
        zone = TimeZoneInfo.Utc;
        return string.IsNullOrEmpty(id) || (id.Length <= 100 && TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone!));
    }
}
