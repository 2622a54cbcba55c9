using System.Globalization;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.AlertRules;

/// <summary>What an alert of a rule says.</summary>
internal static class RuleWords
{
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(45);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(15);

    public static AlertSignal Of(AlertRuleRecord rule, RuleFinding found, double? limit, DateTime now)
    {
        var (what, advice) = Sentence(rule.Kind, found, limit);
        var name = found.Host?.Name;
        return new AlertSignal(Category(rule.Kind), rule.Severity, name is null ? what : $"{name}: {what}", advice, RuleEvaluator.Source)
        {
            HostId = found.Host?.Id,
            Href = Href(rule.Kind, found, now),
            Action = Action(rule.Kind, found),
            NotifyAfter = QuietHours.Read(rule.QuietFrom, rule.QuietUntil, rule.Timezone)?.EndAfter(now),
            Details = new { Rule = rule.Name, Kind = EnumWords<AlertRuleKind>.Of(rule.Kind), Subject = found.Subject.Length == 0 ? null : found.Subject, Value = found.Value is { } v && double.IsFinite(v) ? Math.Round(v, 2) : (double?)null, Limit = limit },
        };
    }

    private static (string What, string Advice) Sentence(AlertRuleKind kind, RuleFinding found, double? limit) => kind switch
    {
        AlertRuleKind.HostDown => ("does not answer", found.Detail ?? "Look whether it is switched on and on the network."),
        AlertRuleKind.HostKeyChanged => ("shows another host key", "Nothing connects to it until somebody has looked: it was set up anew, or somebody is in between."),
        AlertRuleKind.Cpu => ($"CPU is at {Number(found.Value)}%", $"It has been above {Number(limit)}% for a while. See which process it is in a terminal."),
        AlertRuleKind.Memory => ($"memory is {Number(found.Value)}% used", $"It has been above {Number(limit)}% for a while. What is short of memory is ended by the system."),
        AlertRuleKind.Load => ($"load is {Number(found.Value, 1)} per processor", $"More work waits than it can do: the limit is {Number(limit, 1)}."),
        AlertRuleKind.Swap => ($"swap is {Number(found.Value)}% used", "It is short of memory, and slow because of it."),
        AlertRuleKind.Filesystem => ($"{found.Detail} is {Number(found.Value)}% full", $"The limit is {Number(limit)}%. Make room, or give it more."),
        AlertRuleKind.FillForecast => ($"{found.Detail} will be full in {Number(found.Value, 1)} days", "If it goes on filling as it does now. Make room before that."),
        AlertRuleKind.Temperature => ($"runs at {Number(found.Value)} °C", $"The limit is {Number(limit)} °C. Look at its fans and at the air around it."),
        AlertRuleKind.Zfs => ($"ZFS pool {found.Subject} needs you", $"The pool is {found.Detail}".Trim()),
        AlertRuleKind.Raid => ($"RAID array {found.Subject} needs you", $"The array is {found.Detail}."),
        AlertRuleKind.DiskHealth => ($"disk {found.Subject} is failing", $"{(found.Detail is null ? "The disk" : found.Detail)} says so itself. Save what is on it and replace it."),
        AlertRuleKind.Reboot => ("waits for a restart", found.Detail is { Length: > 0 } reasons ? $"What waits for it: {reasons}." : "Updates take hold with the next start."),
        AlertRuleKind.ScheduleLate => ($"{found.Detail} is late", $"It should have run {Number(found.Value)} minutes ago."),
        AlertRuleKind.ScheduleFailed => (found.Detail ?? "", "Its last run did not go well. It is over with the next one that does; the schedule's page has the output."),
        AlertRuleKind.SignInFailures => ($"sign-ins fail from {found.Detail}", $"{Number(found.Value)} have failed within 15 minutes. After 10, the address is locked for 15 minutes."),
        AlertRuleKind.DashboardDisk => ($"the dashboard's own disk is {Number(found.Value)}% full", $"The limit is {Number(limit)}%. When it is full, nothing more is recorded."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind has no words."),
    };

    private static AlertCategory Category(AlertRuleKind kind) => kind switch
    {
        AlertRuleKind.HostKeyChanged or AlertRuleKind.SignInFailures => AlertCategory.Security,
        AlertRuleKind.ScheduleLate or AlertRuleKind.ScheduleFailed => AlertCategory.Automation,
        AlertRuleKind.DashboardDisk => AlertCategory.System,
        _ => AlertCategory.Host,
    };

    private static string Href(AlertRuleKind kind, RuleFinding found, DateTime now) => (kind, found.Host?.Id) switch
    {
        (AlertRuleKind.HostKeyChanged, { } id) => $"/hosts/{id}/settings",
        (AlertRuleKind.Zfs or AlertRuleKind.Raid or AlertRuleKind.DiskHealth or AlertRuleKind.FillForecast or AlertRuleKind.Filesystem, { } id) => $"/hosts/{id}/storage",
        (AlertRuleKind.Cpu or AlertRuleKind.Memory or AlertRuleKind.Load or AlertRuleKind.Swap or AlertRuleKind.Temperature, { } id) =>
            string.Create(CultureInfo.InvariantCulture, $"/hosts/{id}?from={Seconds(now - Before)}&to={Seconds(now + After)}"),
        (_, { } id) => $"/hosts/{id}",
        (AlertRuleKind.ScheduleLate or AlertRuleKind.ScheduleFailed, null) => $"/schedules/{found.Subject}",
        (AlertRuleKind.SignInFailures, null) => "/settings/users",
        _ => "/settings/history",
    };

    private static (string Words, string Href)? Action(AlertRuleKind kind, RuleFinding found) => (kind, found.Host?.Id) switch
    {
        (AlertRuleKind.HostDown, { } id) => ("Check its address", $"/hosts/{id}/settings"),
        (AlertRuleKind.HostKeyChanged, { } id) => ("Compare the keys", $"/hosts/{id}/settings"),
        (AlertRuleKind.Reboot, { } id) => ("Restart it", $"/hosts/{id}"),
        (_, { } id) => ("Open a terminal", $"/hosts/{id}/terminal"),
        (AlertRuleKind.ScheduleLate or AlertRuleKind.ScheduleFailed, null) => ("Run it again", $"/schedules/{found.Subject}"),
        (AlertRuleKind.SignInFailures, null) => ("Read the log", "/logs?source=accounts"),
        (AlertRuleKind.DashboardDisk, null) => ("Keep less", "/settings/history"),
        _ => null,
    };

    private static long Seconds(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds();

    private static string Number(double? value, int digits = 0) => (value ?? 0).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
