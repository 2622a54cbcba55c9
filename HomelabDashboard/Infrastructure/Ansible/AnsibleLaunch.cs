namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>What ansible-playbook is started with. Every value of a person's goes into an option of the form <c>--name=value</c>, or behind <c>--</c>.</summary>
public sealed record AnsibleLaunch
{
    /// <summary>Path of ansible-playbook.</summary>
    public required string Program { get; init; }

    public required AnsibleFolder Folder { get; init; }

    /// <summary>Path of the playbook. Ansible runs in its folder, so that roles and an ansible.cfg beside it are found.</summary>
    public required string Playbook { get; init; }

    /// <summary>For this run alone; Ansible's temporary files go there.</summary>
    public required string RunFolder { get; init; }

    public string? Limit { get; init; }

    public string? Tags { get; init; }

    public bool Check { get; init; }

    public int Forks { get; init; } = 10;

    /// <summary>A JSON file with variables.</summary>
    public string? ExtraVarsFile { get; init; }

    /// <summary>Told to Ansible on its standard input, and nowhere else.</summary>
    public string? BecomePassword { get; init; }

    /// <summary>Where a run's Ansible has its temporary files; it makes it itself.</summary>
    public static string TemporaryFolder(string runFolder) => Path.Combine(runFolder, "tmp");

    internal IEnumerable<string> Arguments()
    {
        yield return $"--inventory={Folder.Inventory}";
        yield return $"--forks={Forks}";
        if (Limit is not null)
        {
            yield return $"--limit={Limit}";
        }

        if (Tags is not null)
        {
            yield return $"--tags={Tags}";
        }

        if (Check)
        {
            yield return "--check";
            yield return "--diff";
        }

        if (ExtraVarsFile is not null)
        {
            yield return $"--extra-vars=@{ExtraVarsFile}";
        }

        if (BecomePassword is not null)
        {
            yield return "--become-password-file=-";
        }

        yield return "--";
        yield return Playbook;
    }

    public override string ToString() => $"{Program} {Playbook}";
}
