namespace HomelabDashboard.Features.Docker;

/// <summary>The way to a shell inside a container that runs now.</summary>
/// <param name="Command">
/// For the login shell of its host: runs what is put behind it inside, on a terminal. It is made of constants and the container's id,
/// which is hexadecimal digits alone.
/// </param>
public sealed record ContainerShell(ContainerSummary Container, string Command);
