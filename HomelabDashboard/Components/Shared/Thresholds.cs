using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Components.Shared;

/// <summary>From where on a percentage is worth a look, and from where on it needs somebody.</summary>
public readonly record struct Thresholds(double Warn, double Critical)
{
    /// <summary>Where no host has its own.</summary>
    public static readonly Thresholds Default = new(HostRules.WarnPercent, HostRules.CriticalPercent);

    public static Thresholds Of(HostSummary host) =>
        new(host.WarnPercent ?? HostRules.WarnPercent, host.CriticalPercent ?? HostRules.CriticalPercent);

    /// <summary>The class that colours a bar or a line; empty below the first threshold and for the unknown.</summary>
    public string CssClass(double? percent) => percent >= Critical ? "crit" : percent >= Warn ? "warn" : "";
}
