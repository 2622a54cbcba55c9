using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Features.Docker;

/// <summary>Why no containers are seen on a host, and what to do about it.</summary>
internal static class DockerWords
{
    /// <summary>What the clients of Docker and Podman say when nothing answers at the engine's socket.</summary>
    private static readonly string[] Unanswered = ["cannot connect", "unable to connect", "error during connect", "connect: ", "daemon running"];

    public static (DockerStatus Status, string Reason) Of(EngineFinding finding, HostSummary host) => finding.Found switch
    {
        EngineFound.Nothing => (DockerStatus.NotInstalled, $"Neither Docker nor Podman was found on {host.Name}. Install one of them and check again."),
        EngineFound.Denied => Denied(finding.Program, host),
        EngineFound.Stopped => Stopped(finding.Program, host),
        _ => throw new ArgumentOutOfRangeException(nameof(finding)),
    };

    public static (DockerStatus Status, string Reason) Of(Exception failure, EngineFinding finding, HostSummary host) => failure switch
    {
        _ when failure.Message.Contains("permission denied", StringComparison.OrdinalIgnoreCase) => Denied(finding.Program, host),
        _ when failure.Message.Contains("a password is required", StringComparison.OrdinalIgnoreCase) => Denied(finding.Program, host),
        EngineException => (DockerStatus.Unknown, $"The container engine of {host.Name} was not understood: {failure.Message}"),
        _ when Unanswered.Any(words => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) => Stopped(finding.Program, host),
        _ => (DockerStatus.Unknown, $"The container engine of {host.Name} does not answer: {failure.Message}"),
    };

    private static (DockerStatus Status, string Reason) Denied(string? program, HostSummary host) => (
        DockerStatus.Denied,
        program == "podman"
            ? $"{host.SshUser} may not use that Podman on {host.Name}. Give the user one of its own, there: systemctl --user enable --now podman.socket. Then disable and enable the host in its settings, so that it logs in anew."
            : $"{host.SshUser} may not use Docker on {host.Name}. Run there: sudo usermod -aG docker {host.SshUser}. Then disable and enable the host in its settings, so that it logs in anew.");

    private static (DockerStatus Status, string Reason) Stopped(string? program, HostSummary host) => (
        DockerStatus.Stopped,
        program == "podman"
            ? $"Podman is on {host.Name}, but its socket is not. Run there: systemctl --user enable --now podman.socket (as root: sudo systemctl enable --now podman.socket)."
            : $"Docker is on {host.Name}, but does not run. Run there: sudo systemctl enable --now docker.");
}
