using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>Asks a host which key it has, and goes no further than that: nobody tries to log in. A few at once, the others wait.</summary>
public sealed class HostKeyScan(SshFolder folder, SshConfig config, ProcessLedger ledger, TimeProvider time) : IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _slots = new(AtOnce, AtOnce);

    /// <param name="approved">The hosts that may be on the way there.</param>
    /// <returns>The key, or why there is none.</returns>
    public async Task<(SshPublicKey? Key, SshFailure? Failure)> RunAsync(SshHostEntry host, IReadOnlyCollection<SshHostEntry> approved, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await ScanAsync(host, approved, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<(SshPublicKey? Key, SshFailure? Failure)> ScanAsync(SshHostEntry host, IReadOnlyCollection<SshHostEntry> approved, CancellationToken cancellationToken)
    {
        var scan = Path.Combine(folder.Root, "scan-" + ShortId.New());
        Directory.CreateDirectory(scan, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var configFile = Path.Combine(scan, "config");
            var offered = Path.Combine(scan, "known_hosts");
            await File.WriteAllTextAsync(configFile, config.RenderScan(host, approved, offered), cancellationToken);
            await using var process = SshProcess.Start(ledger, host.JumpAlias is not null, "ssh", "-F", configFile, "-N", "-T", host.Alias);
            string errors;
            try
            {
                errors = (await process.Ended.WaitAsync(Longest, time, cancellationToken)).Errors;
            }
            catch (TimeoutException)
            {
                errors = "timed out";
            }

            return File.Exists(offered) && Read(await File.ReadAllTextAsync(offered, cancellationToken), host.Alias) is { } key
                ? (key, null)
                : (null, SshFailure.FromErrors(errors));
        }
        finally
        {
            Directory.Delete(scan, recursive: true);
        }
    }

    private static SshPublicKey? Read(string knownHosts, string alias) =>
        knownHosts.StartsWith(alias + " ", StringComparison.Ordinal)
        && SshPublicKey.TryParse(knownHosts[(alias.Length + 1)..].Split('\n')[0], out var key) ? key : null;
}
