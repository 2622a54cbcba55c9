using System.Globalization;
using System.Text;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// The generated ssh config and its known hosts. It is the only way by which a value that a person gave reaches ssh:
/// a command line holds <c>-F</c>, this file's path and a host's alias.
/// </summary>
/// <param name="keepAlive">How often a silent host is asked for a sign of life; after three without one the connection is lost.</param>
public sealed class SshConfig(SshFolder folder, TimeSpan connectTimeout, TimeSpan keepAlive)
{
    /// <summary>Writes both files anew. Hosts without an approved key are left out, so that nothing can connect to them.</summary>
    public async Task WriteAsync(IReadOnlyCollection<SshHostEntry> hosts, CancellationToken cancellationToken)
    {
        var approved = hosts.Where(h => h.HostKey is not null).ToList();
        await ReplaceAsync(folder.KnownHosts, KnownHosts(approved), cancellationToken);
        await ReplaceAsync(folder.Config, Render(approved), cancellationToken);
    }

    public string Render(IReadOnlyCollection<SshHostEntry> hosts)
    {
        var text = new StringBuilder();
        foreach (var host in hosts)
        {
            Open(text, host);
            text.Append(CultureInfo.InvariantCulture, $"  HostKeyAlgorithms {host.HostKey!.Algorithms}\n");
        }

        Common(text);
        return text.ToString();
    }

    /// <summary>A config in which one host's key is not known yet, and is taken down in a file of its own.</summary>
    /// <param name="approved">The hosts on the way there.</param>
    public string RenderScan(SshHostEntry host, IReadOnlyCollection<SshHostEntry> approved, string offeredKeys)
    {
        var text = new StringBuilder();
        Open(text, host);
        text.Append(CultureInfo.InvariantCulture, $"""
              HostKeyAlgorithms {(host.HostKey is { } pinned ? pinned.Algorithms + "," : "")}{SshPublicKey.AllAlgorithms}
              UserKnownHostsFile "{offeredKeys}"
              StrictHostKeyChecking accept-new
              PreferredAuthentications none
              IdentityFile none
              ControlPath none

            """);
        return text + Render([.. approved.Where(h => h.Alias != host.Alias && h.HostKey is not null)]);
    }

    /// <summary>A config for one login to a host, with a secret of its own.</summary>
    /// <param name="approved">The hosts on the way there.</param>
    /// <param name="secret">Null: the dashboard's own key.</param>
    /// <param name="keyFile">Where the secret is a private key.</param>
    public string RenderOnce(SshHostEntry host, IReadOnlyCollection<SshHostEntry> approved, SshSecret? secret, string? keyFile, string controlSocket)
    {
        var text = new StringBuilder();
        Open(text, host);
        text.Append(CultureInfo.InvariantCulture, $"  HostKeyAlgorithms {host.HostKey!.Algorithms}\n  ControlPath \"{controlSocket}\"\n");
        text.Append(secret switch
        {
            SshSecret.Password => "  BatchMode no\n  IdentityFile none\n  PreferredAuthentications password,keyboard-interactive\n  NumberOfPasswordPrompts 1\n",
            SshSecret.PrivateKey => $"  IdentityFile \"{keyFile}\"\n",
            _ => "",
        });
        return text + Render([.. approved.Where(h => h.Alias != host.Alias && h.HostKey is not null)]);
    }

    private static string KnownHosts(IEnumerable<SshHostEntry> hosts) => string.Concat(hosts.Select(h => $"{h.Alias} {h.HostKey}\n"));

    private static void Open(StringBuilder text, SshHostEntry host)
    {
        text.Append(CultureInfo.InvariantCulture, $"Host {host.Alias}\n  HostName {host.HostName}\n  Port {host.Port}\n  User {host.User}\n  HostKeyAlias {host.Alias}\n");
        if (host.JumpAlias is { } jump)
        {
            text.Append(CultureInfo.InvariantCulture, $"  ProxyJump {jump}\n");
        }
    }

    private static async Task ReplaceAsync(string file, string text, CancellationToken cancellationToken)
    {
        var next = file + ".new";
        await File.WriteAllTextAsync(next, text, cancellationToken);
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(next, file, overwrite: true);
    }

    private static int Seconds(TimeSpan time) => (int)Math.Max(1, Math.Ceiling(time.TotalSeconds));

    private void Common(StringBuilder text) => text.Append(CultureInfo.InvariantCulture, $"""
        Host *
          IdentityFile "{folder.PrivateKey}"
          IdentitiesOnly yes
          IdentityAgent none
          BatchMode yes
          PreferredAuthentications publickey
          UserKnownHostsFile "{folder.KnownHosts}"
          GlobalKnownHostsFile /dev/null
          StrictHostKeyChecking yes
          UpdateHostKeys no
          VerifyHostKeyDNS no
          HashKnownHosts no
          CanonicalizeHostname no
          ControlMaster no
          ControlPersist no
          ControlPath "{folder.ControlSocket("%n")}"
          ConnectTimeout {Seconds(connectTimeout)}
          ServerAliveInterval {Seconds(keepAlive)}
          ServerAliveCountMax 3
          PermitLocalCommand no
          ForwardAgent no
          ForwardX11 no
          ClearAllForwardings yes
          EscapeChar none
          LogLevel ERROR

        """);
}
