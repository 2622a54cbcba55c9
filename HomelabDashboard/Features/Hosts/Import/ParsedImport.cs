namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>What a text says of hosts and groups, in its own order. Nothing in it is trusted before the host rules have seen it.</summary>
public sealed record ParsedImport(IReadOnlyList<ImportedHost> Hosts, IReadOnlyList<ImportedGroup> Groups, IReadOnlyList<SkippedLine> Skipped);
