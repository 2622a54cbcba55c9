using System.ComponentModel.DataAnnotations;
using System.Net;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Section <c>Homelab:Web</c>.</summary>
public sealed class WebOptions : IValidatableObject
{
    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed: addresses and networks, separated by commas.
    /// This machine itself is always one.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>With less free space than this, in MB, on the disk of the data folder, <c>/readyz</c> says that the dashboard is not ready.</summary>
    [Range(1, 1_000_000)]
    public int MinimumFreeDiskMb { get; set; } = 100;

    internal IEnumerable<IPNetwork> TrustedNetworks => Entries.Select(e => Read(e) ?? throw new FormatException($"'{e}' is no network."));

    private string[] Entries => TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Entries.Where(e => Read(e) is null)
        .Select(e => new ValidationResult($"'{e}' is neither an address (192.0.2.7) nor a network (192.0.2.0/24).", [nameof(TrustedProxies)]));

    private static IPNetwork? Read(string entry) =>
        IPNetwork.TryParse(entry, out var network) ? network
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
