namespace HomelabDashboard.Features.Hosts;

/// <summary>What is kept of a host for Ansible.</summary>
/// <param name="Vars">Its own variables as indented JSON; null for none.</param>
/// <param name="Groups">Every group that it is in, directly or by others, the nearest first; <c>all</c> where that has variables.</param>
public sealed record HostAnsible(string? Vars, IReadOnlyList<HostAnsibleGroup> Groups);

/// <param name="Parents">The groups that it is directly in.</param>
/// <param name="Vars">Its own variables as indented JSON; null for none.</param>
public sealed record HostAnsibleGroup(string Name, IReadOnlyList<string> Parents, string? Vars);
