namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What kind of text hosts are read from.</summary>
public enum ImportFormat
{
    SshConfig,
    AnsibleIni,
    AnsibleYaml,
}
