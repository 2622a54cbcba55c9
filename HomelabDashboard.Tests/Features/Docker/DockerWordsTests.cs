using HomelabDashboard.Features.Docker;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.DockerEngine;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class DockerWordsTests
{
    private static readonly HostSummary Host = new(
        "k3f9w2m7q1xz", "nas", "10.0.0.7", 22, "ada", null, null, true, null, null, null, HostStatus.Online, null, true, true, null, DateTime.UnixEpoch, DateTime.UnixEpoch, null);

    [Theory]
    [InlineData("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", DockerStatus.Stopped)]
    [InlineData("error during connect: this error may indicate that the docker daemon is not running", DockerStatus.Stopped)]
    [InlineData("Error: unable to connect to Podman socket: Get \"http://d/v4.3.1/libpod/_ping\": dial unix /run/podman/podman.sock: connect: connection refused", DockerStatus.Stopped)]
    [InlineData("Got permission denied while trying to connect to the Docker daemon socket", DockerStatus.Denied)]
    [InlineData("The host opens no more sessions on this connection. Its sshd may have a low MaxSessions.", DockerStatus.Unknown)]
    [InlineData("The connection to the host is gone.", DockerStatus.Unknown)]
    public void Only_an_engine_that_does_not_answer_is_told_to_be_stopped(string failure, DockerStatus status)
    {
        var (told, reason) = DockerWords.Of(new IOException(failure), new(EngineFound.Way, "docker"), Host);
        Assert.Equal(status, told);
        Assert.Equal(status == DockerStatus.Unknown, reason.Contains(failure, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("docker", "sudo usermod -aG docker ada")]
    [InlineData("podman", "systemctl --user enable --now podman.socket")]
    public void What_the_user_may_not_use_is_told_with_what_to_run(string program, string command)
    {
        var found = DockerWords.Of(new EngineFinding(EngineFound.Denied, program), Host);
        var asked = DockerWords.Of(new IOException("sudo: a password is required"), new(EngineFound.Way, program, AsRoot: true), Host);
        Assert.Equal(DockerStatus.Denied, found.Status);
        Assert.Contains($"there: {command}. ", found.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(program == "docker" ? "Podman" : "Docker", found.Reason, StringComparison.Ordinal);
        Assert.Equal(found, asked);
    }
}
