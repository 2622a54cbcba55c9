using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A real sshd that sees an /etc, /home and /root of its own, so that users made there are nobody's outside. Needs root.
/// </summary>
public sealed class PrivateHost : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly string[] Covered = ["/home", "/root", "/run", "/var/mail"];

    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-private-").FullName;
    private Process? _process;

    public string Address => "127.0.0.1";

    public int Port { get; private set; }

    private string Log => Path.Combine(_folder, "log");

    /// <param name="setUp">Shell lines that run in there as root before sshd starts.</param>
    /// <param name="busybox">Its programs are busybox's.</param>
    /// <param name="hidden">Programs that are not there.</param>
    public static async Task<PrivateHost> StartAsync(string setUp, bool busybox = false, params string[] hidden)
    {
        var host = new PrivateHost();
        try
        {
            await host.RunAsync(setUp, busybox, hidden);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a command prints in there, as root.</summary>
    public Task<string> InsideAsync(string command) => RunToolAsync("nsenter", "-m", "-t", File.ReadAllText(Path.Combine(_folder, "pid")).Trim(), "sh", "-c", command);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(Deadline);
            process.Dispose();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task<string> RunToolAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program}: {await error}");
    }

    private async Task RunAsync(string setUp, bool busybox, string[] hidden)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        await RunToolAsync("cp", "-a", "/etc", Path.Combine(_folder, "etc"));
        await RunToolAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, "host_key"));
        var lines = new List<string> { "set -e", "mount --make-rprivate /", $"mount --bind '{_folder}/etc' /etc" };
        lines.AddRange(Covered.Select(c => $"mount -t tmpfs -o mode=755 tmpfs {c}"));
        lines.Add("mkdir -p /run/sshd");
        lines.Add(setUp);
        lines.AddRange(hidden.Select(program => $"mount --bind '{_folder}/nothing' /usr/bin/{program}"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "nothing"), "");
        if (busybox)
        {
            // Debian's busybox is built without a program that adds users, so the usual ones are there; nothing else is but sshd.
            var programs = Directory.CreateDirectory(Path.Combine(_folder, "programs")).FullName;
            await RunToolAsync("sh", "-c", "cp \"$(command -v busybox)\" /usr/sbin/sshd /usr/sbin/useradd /usr/sbin/usermod \"$1\" && for a in $(busybox --list); do [ $a = busybox ] || ln -s busybox \"$1/$a\"; done", "sh", programs);
            await RunToolAsync("chmod", "755", _folder, programs);
            lines.Add("sed -i 's,^root:.*,root:x:0:0:root:/root:/bin/sh,' /etc/passwd");
            lines.Add($"mount --bind '{programs}' /usr/sbin");
            lines.Add($"mount --bind '{programs}' /usr/bin");
        }

        lines.Add($"exec /usr/sbin/sshd -D -E '{Log}' -f '{_folder}/sshd_config'");
        await File.WriteAllLinesAsync(Path.Combine(_folder, "start.sh"), lines);
        await File.WriteAllLinesAsync(Path.Combine(_folder, "sshd_config"), [
            $"ListenAddress 127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}", $"HostKey {_folder}/host_key", $"PidFile {_folder}/pid",
            "UsePAM no", "PasswordAuthentication yes", "PermitRootLogin yes", "StrictModes no", "UseDNS no", "MaxStartups 100",
]);

        // The shell ends it when the tests' own end closes the pipe, even when they are killed.
        _process = Process.Start(new ProcessStartInfo("sh", ["-c", "unshare -m -- sh \"$1\" </dev/null & server=$!; read -r _; kill $server", "sh", Path.Combine(_folder, "start.sh")])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        var errors = _process.StandardError.ReadToEndAsync();
        await Until.TrueAsync(
            async () => _process.HasExited ? throw new InvalidOperationException($"The private host did not start: {await errors}") : File.Exists(Log) && (await File.ReadAllTextAsync(Log)).Contains("Server listening", StringComparison.Ordinal),
            "sshd listens");
    }
}
