using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>The key pair with which the dashboard logs in, made at the first start.</summary>
public sealed class DashboardKeyPair(SshFolder folder, ProcessLedger ledger)
{
    public const string Comment = "homelab-dashboard";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(folder.PrivateKey) && File.Exists(folder.PublicKey))
        {
            return;
        }

        if (!File.Exists(folder.PrivateKey))
        {
            await RunAsync(cancellationToken, "-q", "-t", "ed25519", "-N", "", "-C", Comment, "-f", folder.PrivateKey);
            return;
        }

        var line = await RunAsync(cancellationToken, "-y", "-f", folder.PrivateKey);
        await File.WriteAllTextAsync(folder.PublicKey, line, cancellationToken);
    }

    /// <summary>The public half.</summary>
    /// <exception cref="InvalidOperationException">The file holds no public key.</exception>
    public async Task<SshPublicKey> ReadAsync(CancellationToken cancellationToken) =>
        SshPublicKey.TryParse(await File.ReadAllTextAsync(folder.PublicKey, cancellationToken), out var key)
            ? key
            : throw new InvalidOperationException($"{folder.PublicKey} holds no public key. Take it and {folder.PrivateKey} away to have a new pair made.");

    private async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        await using var process = SshProcess.Start(ledger, hasChildren: false, "ssh-keygen", arguments);
        var end = await process.Ended.WaitAsync(cancellationToken);
        return end.ExitCode == 0 ? end.Output : throw new InvalidOperationException($"ssh-keygen could not make the dashboard's key: {end.Errors.Trim()}");
    }
}
