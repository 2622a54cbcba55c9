namespace HomelabDashboard.Features.Alerts;

/// <summary>Knows when nobody is to be told of an alert, besides the quiet hours of channels.</summary>
public interface IAlertQuiet
{
    /// <returns>Null where it has none.</returns>
    QuietHours? Of(Alert alert);
}
