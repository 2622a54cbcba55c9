using System.Globalization;

namespace HomelabDashboard.Components.Pages.Schedules;

/// <summary>Cron expressions of five fields in words, as far as there are plain ones.</summary>
internal static class CronWords
{
    private const int MostNamed = 8;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];
    private static readonly string[] Weekdays = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    /// <returns>Such as <c>Every Monday at 04:30</c>; null for what is no cron expression, or is too winding to be said.</returns>
    public static string? Of(string? expression)
    {
        var text = expression?.Trim() ?? "";
        return Macros.GetValueOrDefault(text, text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var minute, var hour, var day, var month, var weekday]
            && Days(day, month, weekday) is { } days
            ? Clock(minute, hour) is { } at ? $"{(days.Length == 0 ? "Every day" : Capital(days))} at {at}"
                : Again(minute, hour) is { } again ? $"Every {again}{(days.Length == 0 ? "" : ", " + days)}"
                : null
            : null;
    }

    private static string? Clock(string minute, string hour) =>
        Numbers(minute, 0, 59) is { } minutes && Numbers(hour, 0, 23) is { } hours && minutes.Count * hours.Count <= MostNamed
            ? ScheduleWords.List([.. hours.SelectMany(h => minutes.Select(m => string.Create(CultureInfo.InvariantCulture, $"{h:00}:{m:00}")))])
            : null;

    private static string? Again(string minute, string hour) => (minute, hour) switch
    {
        ("*", "*") => "minute",
        ("0", "*") => "hour",
        (_, "*") when Step(minute, 60) is { } minutes => $"{minutes} minutes",
        (_, "*") when Numbers(minute, 0, 59) is { } at => "hour at minute " + ScheduleWords.List([.. at.Select(m => m.ToString(CultureInfo.InvariantCulture))]),
        ("0", _) when Step(hour, 24) is { } hours => $"{hours} hours",
        _ when Step(hour, 24) is { } hours && Numbers(minute, 0, 59) is [var at] => $"{hours} hours at minute {at}",
        _ => null,
    };

    /// <returns>Empty: every day. Null where it cannot be said.</returns>
    private static string? Days(string day, string month, string weekday)
    {
        var which = (day, weekday) switch
        {
            ("*", "*") => "",
            ("*", _) when Numbers(weekday, 0, 7, Weekdays) is { } days => "every " + Weekday([.. days.Select(d => d % 7).Distinct()]),
            (_, "*") when Numbers(day, 1, 31) is { } days => "on " + ScheduleWords.List([.. days.Select(d => "the " + ScheduleWords.Ordinal(d.ToString(CultureInfo.InvariantCulture)))]),
            _ => null,
        };
        return which is null ? null
            : month == "*" ? day == "*" ? which : which + " of each month"
            : Numbers(month, 1, 12, Months) is not { } months ? null
            : ScheduleWords.List([.. months.Select(m => Months[m - 1])]) is var names && day == "*" ? $"{(which.Length == 0 ? "every day" : which)} in {names}"
            : $"{which} of {names}";
    }

    private static string Weekday(HashSet<int> days) =>
        days.Count == 7 ? "day"
        : days.SetEquals([1, 2, 3, 4, 5]) ? "weekday"
        : ScheduleWords.List([.. Enumerable.Range(1, 7).Select(d => d % 7).Where(days.Contains).Select(d => Weekdays[d])]);

    /// <summary>Of <c>*/5</c>, where that divides evenly.</summary>
    private static int? Step(string field, int whole) =>
        field.StartsWith("*/", StringComparison.Ordinal) && Number(field[2..], null) is > 1 and var step && step < whole && whole % step == 0 ? step : null;

    /// <summary>Of <c>1,5-7</c>, in order.</summary>
    /// <param name="names">What may be written by the first three letters; the first of them has the least number.</param>
    private static List<int>? Numbers(string field, int least, int most, string[]? names = null)
    {
        var found = new SortedSet<int>();
        foreach (var part in field.Split(','))
        {
            if (part.Split('-') is not { Length: 1 or 2 } ends || Number(ends[0], names, least) is not { } from || Number(ends[^1], names, least) is not { } to
                || from < least || to > most || from > to)
            {
                return null;
            }

            found.UnionWith(Enumerable.Range(from, to - from + 1));
        }

        return found.Count > MostNamed && names is null ? null : [.. found];
    }

    private static int? Number(string text, string[]? names, int least = 0) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : names is not null && text.Length == 3 && Array.FindIndex(names, n => n.StartsWith(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? at + least
        : null;

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
