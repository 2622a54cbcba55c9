namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What an import does to one host.</summary>
/// <param name="Id">Of the host that is changed or the same; null for a new one.</param>
/// <param name="Jump">The name of the host to go through.</param>
/// <param name="Groups">The Ansible groups that it is directly in.</param>
/// <param name="Vars">How many variables are kept for Ansible.</param>
/// <param name="IdentityFiles">Paths that stand in the text, shown alone.</param>
/// <param name="Changes">Empty for a new host and for one that stays the same.</param>
/// <param name="Line">Where the text names it.</param>
public sealed record PlannedHost(
    string? Id,
    string Name,
    string Address,
    int Port,
    string User,
    string? Jump,
    IReadOnlyList<string> Groups,
    int Vars,
    IReadOnlyList<string> IdentityFiles,
    IReadOnlyList<PlannedChange> Changes,
    int Line,
    string File)
{
    public bool IsNew => Id is null;
}

/// <param name="Field">As the API names it.</param>
/// <param name="Before">Null for nothing.</param>
/// <param name="After">Null for nothing.</param>
public sealed record PlannedChange(string Field, string? Before, string? After);
