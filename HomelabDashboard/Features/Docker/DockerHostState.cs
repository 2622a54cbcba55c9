using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Features.Docker;

/// <summary>How the container engine of a host is, as far as the dashboard knows.</summary>
/// <param name="Status">What <c>hosts.docker_status</c> holds.</param>
/// <param name="Reason">Why nothing is seen and what to do, in words; null when all is well.</param>
/// <param name="Product">Docker or Podman; null before it answered.</param>
/// <param name="Live">What is known of its containers is true now: its events are followed.</param>
/// <param name="LastTrueAt">When everything was last looked at, UTC.</param>
public sealed record DockerHostState(
    string HostId, DockerStatus Status, string? Reason, string? Product, string? Version, bool Live, DateTime? LastTrueAt);
