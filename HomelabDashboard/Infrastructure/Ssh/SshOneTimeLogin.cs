using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>
/// A connection of its own to a host, as another user or with another secret than the dashboard's key. A password goes to ssh by
/// a pipe, and a private key by a file that only the dashboard's user can read and that is gone before this returns; after a crash
/// the next start removes it.
/// </summary>
public sealed class SshOneTimeLogin(SshFolder folder, SshConfig config, ProcessLedger ledger, TimeProvider time)
{
    /// <summary>
    /// What ssh runs to ask for the password: it gives the one line that stands on ssh's own standard input, which it inherits.
    /// </summary>
    private const string Askpass = "#!/bin/sh\nIFS= read -r answer && printf '%s\\n' \"$answer\"\n";

    /// <param name="host">With the user to sign in as, and an approved key.</param>
    /// <param name="secret">Null: the dashboard's own key.</param>
    /// <param name="approved">The hosts that may be on the way there.</param>
    public async Task<(SshConnection? Connection, SshFailure? Failure)> OpenAsync(
        SshHostEntry host, SshSecret? secret, IReadOnlyCollection<SshHostEntry> approved, CancellationToken cancellationToken)
    {
        var once = Path.Combine(folder.Root, SshFolder.OncePrefix + ShortId.New());
        Directory.CreateDirectory(once, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var configFile = Path.Combine(once, "config");
            var socket = folder.ControlSocket("once" + host.Alias);
            string? keyFile = null;
            SshAnswer? answer = null;
            if (secret is SshSecret.PrivateKey key)
            {
                keyFile = Path.Combine(once, "key");
                await WriteAsync(keyFile, key.Text.ReplaceLineEndings("\n").Trim() + "\n", UnixFileMode.None, cancellationToken);
                if (!await OpensAsync(keyFile, cancellationToken))
                {
                    return (null, new SshFailure(SshFailureKind.KeyUnreadable, "The private key cannot be read, or has a passphrase."));
                }
            }
            else if (secret is SshSecret.Password password)
            {
                var program = Path.Combine(once, "askpass");
                await WriteAsync(program, Askpass, UnixFileMode.UserExecute, cancellationToken);
                answer = new SshAnswer(program, password.Text);
            }

            await WriteAsync(configFile, config.RenderOnce(host, approved, secret, keyFile, socket), UnixFileMode.None, cancellationToken);
            return await SshConnection.OpenAsync(configFile, socket, host, answer, ledger, time, cancellationToken);
        }
        finally
        {
            Directory.Delete(once, recursive: true);
        }
    }

    private static async Task WriteAsync(string file, string text, UnixFileMode more, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | more,
        });
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    private async Task<bool> OpensAsync(string keyFile, CancellationToken cancellationToken)
    {
        await using var process = SshProcess.Start(ledger, hasChildren: false, "ssh-keygen", "-y", "-P", "", "-f", keyFile);
        return (await process.Ended.WaitAsync(cancellationToken)).ExitCode == 0;
    }
}
