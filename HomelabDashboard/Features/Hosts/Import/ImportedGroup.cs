using System.Text.Json.Nodes;

namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>An Ansible group as a text says it, unchecked.</summary>
/// <param name="Parents">The groups that it is directly in, without <c>all</c>.</param>
/// <param name="Vars">Its own variables.</param>
/// <param name="Line">Where it is first named, from 1.</param>
public sealed record ImportedGroup(string Name, IReadOnlyList<string> Parents, IReadOnlyDictionary<string, JsonNode?> Vars, int Line);
