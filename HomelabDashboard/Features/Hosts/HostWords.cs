using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Features.Hosts;

/// <summary>What a failure to reach a host means to a person, and what to do about it.</summary>
internal static class HostWords
{
    public const string KeyNotApproved = "Its host key is not approved yet, so nothing connects to it.";
    public const string Connecting = "Connecting.";
    public const string Disabled = "It is disabled, so nothing connects to it. Enable it in its settings.";

    public static string Of(SshFailure failure, HostSummary host)
    {
        var where = $"{host.IpAddress}, port {host.SshPort}";
        return failure.Kind switch
        {
            SshFailureKind.KeyRefused => $"{host.Name} refused our key. Add the dashboard's public key to ~/.ssh/authorized_keys of {host.SshUser} on it.",
            SshFailureKind.HostKeyChanged => $"{host.Name} has another host key than the one that was approved. It may have been set up anew, or something else answers in its place. Nothing connects to it until the new key is approved.",
            SshFailureKind.ConnectionRefused => $"Nothing answers at {where}: the connection was refused. Is sshd running there?",
            SshFailureKind.TimedOut => $"{where} did not answer in time. Is {host.Name} switched on, and does a firewall let us through?",
            SshFailureKind.NameNotFound => $"The name {host.IpAddress} was not found. Check its spelling, or give the IP address.",
            SshFailureKind.NoRoute => $"There is no route to {host.IpAddress}. Is {host.Name} switched on and on the network?",
            SshFailureKind.Rejected => $"{host.Name} closed the connection before letting us in. Its sshd log says why.",
            SshFailureKind.Lost => $"The connection to {host.Name} was lost.",
            SshFailureKind.KeyUnreadable => "This private key cannot be used. Paste the whole file of one that has no passphrase.",
            SshFailureKind.Other => $"ssh could not connect to {host.Name}{(failure.Detail.Length > 0 ? ": " + failure.Detail : ".")}",
            _ => throw new ArgumentOutOfRangeException(nameof(failure)),
        };
    }

    public static string JumpDown(HostSummary jump) => $"It is reached through {jump.Name}, which is not connected.";
}
