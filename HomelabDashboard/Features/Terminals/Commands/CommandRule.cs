namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>Keeps a command from being run by slip.</summary>
public sealed class CommandRule
{
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>As <see cref="CommandPattern"/> takes it.</summary>
    public required string Pattern { get; set; }

    /// <summary>What the person who typed the command is told.</summary>
    public required string Reason { get; set; }

    /// <summary>The ids of the hosts it holds on; with none here and no group, it holds on all.</summary>
    public List<string> Hosts { get; set; } = [];

    /// <summary>The groups of hosts it holds on.</summary>
    public List<string> Groups { get; set; } = [];

    public bool Enabled { get; set; }

    /// <summary>The name by which one of the starting set is known, so that it is added once; null for all others.</summary>
    public string? Builtin { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public DateTime? DeletedAt { get; set; }
}
