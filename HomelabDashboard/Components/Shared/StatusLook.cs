using HomelabDashboard.Features.Automation;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Features.Logs;
using HomelabDashboard.Features.Notifications;
using HomelabDashboard.Features.Operations;
using HomelabDashboard.Features.Schedules;
using HomelabDashboard.Features.Terminals;

namespace HomelabDashboard.Components.Shared;

/// <summary>How a status is shown, everywhere: a shape, a colour and a word.</summary>
public readonly record struct StatusLook(StatusShape Shape, string Word)
{
    /// <summary>The class of styles/status.css.</summary>
    public string CssClass => Shape switch
    {
        StatusShape.Ok => "ok",
        StatusShape.Warn => "warn",
        StatusShape.Crit => "crit",
        StatusShape.Run => "run",
        _ => "idle",
    };

    /// <exception cref="ArgumentOutOfRangeException">A status that no page shows yet.</exception>
    public static StatusLook Of(Enum status) => status switch
    {
        HostStatus.Online => new(StatusShape.Ok, "Online"),
        HostStatus.Degraded => new(StatusShape.Warn, "Degraded"),
        HostStatus.Offline => new(StatusShape.Idle, "Offline"),
        HostStatus.KeyChanged => new(StatusShape.Crit, "Key changed"),
        HostStatus.Disabled => new(StatusShape.Idle, "Disabled"),
        HostStatus.Unknown => new(StatusShape.Idle, "Not seen yet"),

        OperationStatus.Pending => new(StatusShape.Idle, "Waiting"),
        OperationStatus.Running => new(StatusShape.Run, "Running"),
        OperationStatus.Succeeded => new(StatusShape.Ok, "Done"),
        OperationStatus.Failed => new(StatusShape.Crit, "Failed"),

        BootstrapState.Pending => new(StatusShape.Idle, "Waiting"),
        BootstrapState.Running => new(StatusShape.Run, "Running"),
        BootstrapState.Succeeded => new(StatusShape.Ok, "Done"),
        BootstrapState.Failed => new(StatusShape.Crit, "Failed"),

        AutomationTaskStatus.Pending => new(StatusShape.Idle, "Waiting"),
        AutomationTaskStatus.Running => new(StatusShape.Run, "Running"),
        AutomationTaskStatus.Completed => new(StatusShape.Ok, "Completed"),
        AutomationTaskStatus.Failed => new(StatusShape.Crit, "Failed"),
        AutomationTaskStatus.Cancelled => new(StatusShape.Idle, "Cancelled"),
        AutomationTaskStatus.Timeout => new(StatusShape.Crit, "Timed out"),

        SessionStatus.Starting => new(StatusShape.Run, "Starting"),
        SessionStatus.Active => new(StatusShape.Ok, "Active"),
        SessionStatus.Closing => new(StatusShape.Run, "Closing"),
        SessionStatus.Closed => new(StatusShape.Idle, "Closed"),
        SessionStatus.Expired => new(StatusShape.Idle, "Expired"),
        SessionStatus.Error => new(StatusShape.Crit, "Failed"),

        ScheduleStatus.Never => new(StatusShape.Idle, "Not run yet"),
        ScheduleStatus.Running or ScheduleRunStatus.Running => new(StatusShape.Run, "Running"),
        ScheduleStatus.Success or ScheduleRunStatus.Success => new(StatusShape.Ok, "Done"),
        ScheduleStatus.Failed or ScheduleRunStatus.Failed => new(StatusShape.Crit, "Failed"),
        ScheduleStatus.Timeout or ScheduleRunStatus.Timeout => new(StatusShape.Crit, "Took too long"),
        ScheduleStatus.Cancelled or ScheduleRunStatus.Cancelled => new(StatusShape.Idle, "Cancelled"),
        ScheduleStatus.Skipped or ScheduleRunStatus.Skipped => new(StatusShape.Idle, "Left out"),

        LogEntryLevel.Debug => new(StatusShape.Idle, "Debug"),
        LogEntryLevel.Info => new(StatusShape.Idle, "Info"),
        LogEntryLevel.Warning => new(StatusShape.Warn, "Warning"),
        LogEntryLevel.Error => new(StatusShape.Crit, "Error"),
        LogEntryLevel.Critical => new(StatusShape.Crit, "Critical"),

        DeliveryState.Pending => new(StatusShape.Idle, "Waiting"),
        DeliveryState.Sending => new(StatusShape.Run, "On its way"),
        DeliveryState.Sent => new(StatusShape.Ok, "Sent"),
        DeliveryState.Failed => new(StatusShape.Crit, "Failed"),
        DeliveryState.Unclear => new(StatusShape.Warn, "Unclear"),
        DeliveryState.Skipped => new(StatusShape.Idle, "Not needed"),

        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "This status has no look."),
    };
}
