namespace HomelabDashboard.Features.Alerts;

/// <summary>Knows when nobody is to be told of an alert, besides the quiet hours of channels.</summary>
public interface IAlertQuiet
{
    /// <param name="key">What the alert is known by.</param>
    /// <returns>Null where it has none.</returns>
    QuietHours? Of(string key);
}
