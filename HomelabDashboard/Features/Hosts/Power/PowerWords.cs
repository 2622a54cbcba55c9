using System.Globalization;

namespace HomelabDashboard.Features.Hosts.Power;

/// <summary>What the endings of a reboot or shutdown mean to a person, and what to do.</summary>
internal static class PowerWords
{
    /// <param name="word">The script's word for what went wrong.</param>
    /// <param name="detail">What the host's own program said.</param>
    public static string Refused(string word, string? detail, HostSummary host, PowerAction action) => word switch
    {
        "not_root" => $"{host.SshUser} cannot become root on {host.Name} without a password, so it was not {Done(action)}. Prepare the host on its settings page, or let {host.SshUser} use sudo or doas there without a password.",
        "no_boot_id" => $"{host.Name} does not tell which boot it is in, so nobody could see whether it was {Done(action)}; it was left as it is. That needs Linux with /proc.",
        _ => $"{host.Name} was not {Done(action)}.{(detail is null ? "" : $" It said: {detail}")}",
    };

    public static string StillUp(HostSummary host, TimeSpan longest, PowerAction action) =>
        $"{host.Name} took the order, but after {Time(longest)} it is still up and was not {Done(action)}. Something there may hold it up: systemctl list-jobs says what it waits for.";

    public static string NotBack(HostSummary host, TimeSpan longest) =>
        $"{host.Name} went down and did not come back within {Time(longest)}.{(host.StatusReason is { } reason ? " " + reason : "")} Look at its console; the dashboard goes on trying to connect.";

    public static string Time(TimeSpan time) => time.TotalSeconds < 100
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min");

    private static string Done(PowerAction action) => action == PowerAction.Reboot ? "restarted" : "shut down";
}
