namespace HomelabDashboard.Features.Automation;

/// <summary>How a run went on one host, as Ansible's recap counts it.</summary>
public sealed class TaskHost
{
    public int Id { get; set; }

    public required string TaskId { get; set; }

    /// <summary>Null for a host that is not one of the dashboard's, such as localhost.</summary>
    public string? HostId { get; set; }

    /// <summary>As it was called in the run.</summary>
    public required string HostName { get; set; }

    public int Ok { get; set; }

    public int Changed { get; set; }

    public int Failed { get; set; }

    public int Unreachable { get; set; }

    public int Skipped { get; set; }

    public int Rescued { get; set; }

    public int Ignored { get; set; }

    /// <summary>Why it failed or could not be reached, in Ansible's words.</summary>
    public string? Message { get; set; }
}
