namespace HomelabDashboard.Components.Shared;

/// <summary>Something about a host that needs somebody.</summary>
/// <param name="Look">Shape, colour and the one or two words for a card.</param>
/// <param name="What">The sentence after the host's name: <c>/var is 91% full</c>.</param>
/// <param name="Detail">More of it, dim.</param>
/// <param name="Since">UTC; null where it cannot be told.</param>
/// <param name="Href">Where it is dealt with.</param>
/// <param name="Action">The word on the button that goes there.</param>
public sealed record HostProblem(
    string HostId,
    string HostName,
    StatusLook Look,
    string Icon,
    string What,
    string? Detail,
    DateTime? Since,
    string Href,
    string Action);
