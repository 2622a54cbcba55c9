namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>Where this machine's Ansible is: looked for anew each time, as it may be installed while the dashboard runs.</summary>
public sealed class AnsiblePrograms(string? searchPath = null)
{
    /// <summary>Null where it is not installed.</summary>
    public string? Playbook => Find("ansible-playbook");

    /// <summary>Null where it is not installed.</summary>
    public string? Lint => Find("ansible-lint");

    private string? Find(string program) =>
        (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
