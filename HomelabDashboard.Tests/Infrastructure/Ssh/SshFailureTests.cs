using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Tests.Infrastructure.Ssh;

public sealed class SshFailureTests
{
    [Theory]
    [InlineData("ada@192.0.2.1: Permission denied (publickey,password).", SshFailureKind.KeyRefused)]
    [InlineData("ssh: connect to host 192.0.2.1 port 22: Connection refused", SshFailureKind.ConnectionRefused)]
    [InlineData("ssh: connect to host 192.0.2.1 port 22: Connection timed out", SshFailureKind.TimedOut)]
    [InlineData("Connection timed out during banner exchange", SshFailureKind.TimedOut)]
    [InlineData("ssh: Could not resolve hostname nas: Name or service not known", SshFailureKind.NameNotFound)]
    [InlineData("ssh: connect to host 192.0.2.1 port 22: No route to host", SshFailureKind.NoRoute)]
    [InlineData("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", SshFailureKind.HostKeyChanged)]
    [InlineData("Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: rsa-sha2-512", SshFailureKind.HostKeyChanged)]
    [InlineData("kex_exchange_identification: Connection closed by remote host", SshFailureKind.Rejected)]
    [InlineData("something new", SshFailureKind.Other)]
    [InlineData("", SshFailureKind.Other)]
    public void What_ssh_wrote_is_understood(string errors, SshFailureKind kind) => Assert.Equal(kind, SshFailure.FromErrors(errors).Kind);
}
