using System.Text.Json.Nodes;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A host as a text says it, unchecked. What the text does not say is null.</summary>
public sealed record ImportedHost
{
    public required string Name { get; init; }

    /// <summary>Where it is first named, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The uploaded file in which that line stands; empty for pasted text.</summary>
    public string File { get; init; } = "";

    /// <summary>Null: its name is its address.</summary>
    public string? Address { get; init; }

    public int? Port { get; init; }

    public string? User { get; init; }

    /// <summary>The hosts to go through, in order, as <c>[user@]host[:port]</c>; an empty list says plainly that there are none.</summary>
    public IReadOnlyList<string>? Jumps { get; init; }

    /// <summary>Paths on the person's own machine, to be shown; nothing reads them.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>The groups that it is directly in, without <c>all</c> and <c>ungrouped</c>.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Its own variables, without those of its groups.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Vars { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>Why it cannot become a host, in words; null when it can.</summary>
    public string? Unusable { get; init; }
}
