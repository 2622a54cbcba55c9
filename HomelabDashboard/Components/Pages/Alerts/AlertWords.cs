using HomelabDashboard.Components.Shared;
using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Components.Pages.Alerts;

/// <summary>How alerts are worded and shown.</summary>
internal static class AlertWords
{
    public static string Of(AlertCategory category) => category switch
    {
        AlertCategory.Host => "Host",
        AlertCategory.Docker => "Containers",
        AlertCategory.Automation => "Automation",
        AlertCategory.Terminal => "Terminals",
        AlertCategory.Security => "Security",
        AlertCategory.System => "Dashboard",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "This category has no word."),
    };

    public static string IconOf(AlertCategory category) => category switch
    {
        AlertCategory.Host => "server",
        AlertCategory.Docker => "container",
        AlertCategory.Automation => "workflow",
        AlertCategory.Terminal => "square-terminal",
        AlertCategory.Security => "shield-alert",
        AlertCategory.System => "layout-dashboard",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "This category has no icon."),
    };

    public static string Of(AlertLevel level) => level.ToString();

    /// <summary>What is over has no colour; news keep theirs.</summary>
    public static StatusLook Look(AlertRecord alert) =>
        alert is { State: AlertState.Closed, Key: not null } ? new(StatusShape.Idle, "Over") : alert.Level switch
        {
            AlertLevel.Critical => new(StatusShape.Crit, "Critical"),
            AlertLevel.Error => new(StatusShape.Crit, "Error"),
            AlertLevel.Warning => new(StatusShape.Warn, "Warning"),
            AlertLevel.Success => new(StatusShape.Ok, "Went well"),
            _ => new(StatusShape.Idle, "Info"),
        };
}
