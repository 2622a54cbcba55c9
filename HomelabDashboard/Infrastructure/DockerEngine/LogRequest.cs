namespace HomelabDashboard.Infrastructure.DockerEngine;

/// <summary>Which part of a container's log.</summary>
/// <param name="Tail">The last so many lines; null: all.</param>
/// <param name="Since">From this time on, UTC.</param>
/// <param name="Follow">Also what is still to come, until the container ends.</param>
public sealed record LogRequest(int? Tail, DateTime? Since = null, bool Follow = false);
