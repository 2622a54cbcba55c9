using System.Globalization;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Components.Pages.Hosts;

/// <summary>What stands in the form, as typed.</summary>
public sealed class HostFormModel
{
    public string? Name { get; set; }

    public string? Address { get; set; }

    public string? Port { get; set; } = "22";

    public string? User { get; set; } = "root";

    /// <summary>Id; empty for none.</summary>
    public string? JumpHost { get; set; }

    public string? Group { get; set; }

    public bool Docker { get; set; }

    public static HostFormModel Of(HostSummary host) => new()
    {
        Name = host.Name,
        Address = host.IpAddress,
        Port = host.SshPort.ToString(CultureInfo.InvariantCulture),
        User = host.SshUser,
        JumpHost = host.ProxyJump,
        Group = host.AnsibleGroup,
        Docker = host.DockerEnabled,
    };

    /// <summary>Everything is given, so that an emptied field is emptied. A port that is no number becomes 0, which the rules refuse in words.</summary>
    public HostInput ToInput() => new()
    {
        Name = Name?.Trim() ?? "",
        IpAddress = Address?.Trim() ?? "",
        SshPort = int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0,
        SshUser = User?.Trim() ?? "",
        ProxyJump = JumpHost ?? "",
        AnsibleGroup = Group?.Trim() ?? "",
        DockerEnabled = Docker,
    };
}
