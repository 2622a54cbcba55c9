using Quartz;

namespace HomelabDashboard.Features.Schedules;

/// <summary>
/// Cron expressions as people write them: the five fields of a crontab, <c>@daily</c> and its like, or the six and seven fields
/// of Quartz with one fixed second.
/// </summary>
public static class CronText
{
    public const int Longest = 100;
    private const int CrontabFields = 5;

    /// <param name="expression">Read for clocks without a zone: it takes and gives wall-clock times, marked as UTC.</param>
    /// <param name="everyHour">The hour is left open, so that it follows the clock through a change as it is.</param>
    /// <returns>What is wrong with it; null when it can be read.</returns>
    public static string? Read(string? text, out CronExpression? expression, out bool everyHour)
    {
        (expression, everyHour) = (null, false);
        var fields = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 0)
        {
            return "Say when: minute, hour, day of the month, month and day of the week, such as 30 4 * * 1 for Mondays at 04:30.";
        }

        if (text!.Length > Longest)
        {
            return $"A cron expression has at most {Longest} characters.";
        }

        var isMacro = fields is [['@', ..]];
        if (!isMacro && fields.Length is < CrontabFields or > 7)
        {
            return $"A cron expression has five fields: minute, hour, day of the month, month and day of the week. This one has {fields.Length}.";
        }

        if (fields.Length > CrontabFields && (!int.TryParse(fields[0], out var second) || second is < 0 or > 59))
        {
            return "With six fields the first one is the second, and has to be one number from 0 to 59: a playbook runs once a minute at most.";
        }

        try
        {
            expression = CronExpression.Parse(string.Join(' ', fields), fields.Length == CrontabFields ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(TimeZoneInfo.Utc);
            everyHour = isMacro ? fields[0].Equals("@hourly", StringComparison.OrdinalIgnoreCase) : fields[fields.Length == CrontabFields ? 1 : 2] == "*";
            return null;
        }
        catch (FormatException wrong)
        {
            return $"This cannot be read as a cron expression: {wrong.Message}";
        }
    }
}
