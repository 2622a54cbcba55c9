using System.Text.Json;
using HomelabDashboard.Features.Automation;

namespace HomelabDashboard.Features.Schedules;

/// <summary>What a schedule may be, in words for a person.</summary>
internal static class ScheduleRules
{
    public const int LongestName = 255;
    public const int LongestText = 2_000;
    public const int LongestTags = 500;
    public const int MostRetries = 10;

    /// <summary>What a run of the schedule asks for.</summary>
    private static RunRequest Request(string playbook, TargetType type, string target, string? extraVars, int timeout) =>
        new(playbook, type switch { TargetType.Host => RunRules.HostPrefix + target, TargetType.Group => RunRules.GroupPrefix + target, _ => RunRules.All })
        {
            ExtraVars = extraVars,
            Timeout = timeout,
        };

    public static RunRequest Request(Schedule schedule) =>
        Request(schedule.Playbook, schedule.TargetType ?? TargetType.Group, schedule.Target, schedule.ExtraVars, schedule.Timeout ?? 3600);

    /// <summary>The target as it is stored.</summary>
    public static string Target(ScheduleInput input) => input.TargetType == TargetType.All ? RunRules.All : ScheduleInput.Blank(input.Target) ?? "";

    public static string? ExtraVars(ScheduleInput input) =>
        input.ExtraVars is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } vars ? vars.GetRawText() : null;

    /// <summary>Messages by field; empty when all is well.</summary>
    /// <param name="created">When the schedule was made.</param>
    /// <param name="now">From when on it is to be due.</param>
    public static Dictionary<string, string[]> Check(ScheduleInput input, DateTime created, DateTime now)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (ScheduleInput.Blank(input.Name) is not { Length: <= LongestName })
        {
            errors["name"] = [$"Give it a name of at most {LongestName} characters."];
        }

        if (input.Description?.Length > LongestText)
        {
            errors["description"] = [$"A description has at most {LongestText} characters."];
        }

        if (input.Tags?.Length > LongestTags)
        {
            errors["tags"] = [$"Tags are at most {LongestTags} characters together."];
        }

        if (input.RetryOnFailure is < 0 or > MostRetries)
        {
            errors["retry_on_failure"] = [$"A failed run can be tried again 0 to {MostRetries} times."];
        }

        foreach (var (field, messages) in RunRules.Check(Request(input.Playbook, input.TargetType, Target(input), ExtraVars(input), input.Timeout), becomePassword: null))
        {
            errors[field] = field switch
            {
                "target" => ["Choose a host or a group."],
                "playbook" when input.Playbook.Length == 0 => ["Choose a playbook."],
                _ => messages,
            };
        }

        if (!errors.ContainsKey("extra_vars") && ExtraVars(input) is { } vars)
        {
            SecretVars.Hide(vars, out var secrets);
            if (secrets.Count > 0)
            {
                errors["extra_vars"] = [$"{secrets[0]} looks like a secret, and a schedule keeps its variables where they can be read. Put it into a vault, or into a file on the host."];
            }
        }

        foreach (var (field, message) in CheckTiming(input.Trimmed(), created, now, input.Enabled, out _))
        {
            errors[field] = [message];
        }

        return errors;
    }

    /// <summary>Messages by field; empty when it can be read and is due some time.</summary>
    /// <param name="mustCome">It has to be due some time.</param>
    public static IReadOnlyDictionary<string, string> CheckTiming(TimingInput input, DateTime created, DateTime now, bool mustCome, out ScheduleTiming? timing)
    {
        timing = ScheduleTiming.Read(input, created, out var faults);
        if (timing is null || !mustCome || timing.Next(now) is not null)
        {
            return faults;
        }

        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [input switch
            {
                { ScheduleType: ScheduleType.Once } => "schedule_time",
                { EndAt: not null } => "end_at",
                { ScheduleType: ScheduleType.Cron } => "cron_expression",
                _ => "recurrence_days",
            }] = input switch
            {
                { ScheduleType: ScheduleType.Once, ScheduleTime: { } at } when at <= now => "This time has passed. Choose one that is to come.",
                { EndAt: not null } => "It would be over before it ever ran.",
                { ScheduleType: ScheduleType.Cron } => "No day is ever like that, so it would never run.",
                _ => "It would never run.",
            },
        };
    }
}
