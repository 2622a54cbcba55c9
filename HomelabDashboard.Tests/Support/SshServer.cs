using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A real sshd with a folder, host key and port of its own, as whoever runs the tests; it takes that user's logins by key.
/// One can stand for many hosts by listening on several addresses of 127.0.0.0/8.
/// </summary>
public sealed class SshServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/sshd";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly HostNetwork? _network;
    private Process? _process;
    private int _earlierLogins;

    private SshServer(string folder, IReadOnlyList<string> addresses, HostNetwork? network = null)
    {
        _folder = folder;
        _network = network;
        Addresses = addresses;
        Environment["HOME"] = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
    }

    public IReadOnlyList<string> Addresses { get; }

    public string Address => Addresses[0];

    public int Port { get; private set; }

    /// <summary>Who can log in.</summary>
    public string User { get; } = System.Environment.UserName;

    /// <summary>Type and base64, without a comment.</summary>
    public string HostKey { get; private set; } = "";

    /// <summary><c>SHA256:…</c></summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>Lines that go into sshd_config; taken up at the next start.</summary>
    public IList<string> Settings { get; } = [];

    /// <summary>What a session there has in its environment; taken up at the next start. The home is an empty folder, so that nobody's own shell start-up files run.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>How many logins it has let in since the beginning, over restarts.</summary>
    public int Logins => _earlierLogins + CountLogins();

    public string Log => File.Exists(LogFile) ? ReadShared(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "log");

    private string AuthorizedKeys => Path.Combine(_folder, "authorized_keys");

    /// <param name="addresses">Loopback addresses to listen on, all on one port; 127.0.0.1 when none is given.</param>
    public static Task<SshServer> StartAsync(params string[] addresses) => StartAsync(addresses.Length == 0 ? ["127.0.0.1"] : addresses, network: null);

    /// <summary>Starts one inside a network of its own.</summary>
    public static Task<SshServer> StartAsync(HostNetwork network) => StartAsync([network.Address], network);

    private static async Task<SshServer> StartAsync(IReadOnlyList<string> addresses, HostNetwork? network)
    {
        var folder = Directory.CreateTempSubdirectory("homelab-sshd-").FullName;
        var server = new SshServer(folder, addresses, network);
        try
        {
            await File.WriteAllTextAsync(server.AuthorizedKeys, "");
            await server.NewHostKeyAsync();
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the owner of this key in.</summary>
    /// <param name="publicKey">Type and base64.</param>
    /// <param name="options">What authorized_keys may have before the key, such as <c>command="…"</c>.</param>
    public void Authorize(string publicKey, string? options = null) =>
        File.AppendAllText(AuthorizedKeys, $"{(options is null ? "" : options + " ")}{publicKey}\n");

    public void RefuseAll() => File.WriteAllText(AuthorizedKeys, "");

    /// <summary>Ends it and every connection to it, at once.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync().WaitAsync(Deadline);
        process.Dispose();
        _earlierLogins += CountLogins();
        File.Delete(LogFile);
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the port it had.</summary>
    public Task RestartAsync() => RunAsync();

    /// <summary>Makes it and all its connections fall silent, as a host does whose cable is cut; only <see cref="StopAsync"/> helps after that.</summary>
    public async Task FreezeAsync()
    {
        var frozen = new HashSet<int> { _process!.Id };
        for (var before = 0; before != frozen.Count;)
        {
            before = frozen.Count;
            foreach (var stat in Directory.EnumerateDirectories("/proc").Select(p => Path.Combine(p, "stat")).Where(File.Exists))
            {
                try
                {
                    var line = await File.ReadAllTextAsync(stat);
                    if (frozen.Contains(int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)))
                    {
                        frozen.Add(int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
                    }
                }
                catch (IOException)
                {
                    // A process that has ended.
                }
            }
        }

        await RunToolAsync("sh", ["-c", "kill -STOP \"$@\"", "sh", .. frozen.Select(p => p.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>Makes another host key; taken up at the next start.</summary>
    public async Task NewHostKeyAsync()
    {
        var file = Path.Combine(_folder, "host_key");
        if (File.Exists(file))
        {
            File.Move(file, file + ".old", overwrite: true);
            File.Move(file + ".pub", file + ".old.pub", overwrite: true);
        }

        await RunToolAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file);
        await ReadHostKeyAsync(file);
    }

    /// <summary>Brings back the host key from before <see cref="NewHostKeyAsync"/>; taken up at the next start.</summary>
    public async Task OldHostKeyAsync()
    {
        var file = Path.Combine(_folder, "host_key");
        File.Move(file + ".old", file, overwrite: true);
        File.Move(file + ".old.pub", file + ".pub", overwrite: true);
        await ReadHostKeyAsync(file);
    }

    private async Task ReadHostKeyAsync(string file)
    {
        HostKey = string.Join(' ', (await File.ReadAllTextAsync(file + ".pub")).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[..2]);
        Fingerprint = (await RunToolAsync("ssh-keygen", "-l", "-E", "sha256", "-f", file + ".pub")).Split(' ')[1];
    }

    /// <summary>Makes a key pair in a file of its own, for a client.</summary>
    /// <returns>The private key's file; the public one has <c>.pub</c> after it.</returns>
    public async Task<string> NewClientKeyAsync()
    {
        var file = Path.Combine(_folder, $"client_{Guid.NewGuid():N}");
        await RunToolAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static int FreePort(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunToolAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program}: {await error}");
    }

    private int CountLogins() => Log.Split('\n').Count(l => l.StartsWith("Accepted ", StringComparison.Ordinal) && !l.StartsWith("Accepted key", StringComparison.Ordinal));

    private async Task RunAsync()
    {
        if (System.Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd");
        }

        // sshd cannot be told to take any free port, and one found free can be somebody else's by the time it listens.
        for (var attempt = 1; ; attempt++)
        {
            if (Port == 0)
            {
                Port = _network is null ? FreePort(Address) : 2222;
            }

            if (await TryRunAsync())
            {
                return;
            }

            if (attempt == 5)
            {
                throw new InvalidOperationException($"sshd did not start: {Log}");
            }

            Port = _earlierLogins == 0 ? 0 : Port;
        }
    }

    private string[] Inside() => _network is null ? [] : ["ip", "netns", "exec", _network.Name];

    private async Task<bool> TryRunAsync()
    {
        var config = Path.Combine(_folder, "sshd_config");
        await File.WriteAllLinesAsync(config, [
            .. Addresses.Select(a => string.Create(CultureInfo.InvariantCulture, $"ListenAddress {(a.Contains(':') ? $"[{a}]" : a)}:{Port}")),
            $"HostKey {Path.Combine(_folder, "host_key")}",
            $"PidFile {Path.Combine(_folder, "pid")}",
            $"AuthorizedKeysFile {AuthorizedKeys}",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin yes",
            "MaxSessions 100",
            "MaxStartups 500",
            "UseDNS no",
            "PrintMotd no",
            "PrintLastLog no",
            "SetEnv " + string.Join(' ', Environment.Select(e => $"\"{e.Key}={e.Value}\"")),
            .. Settings]);

        // The shell ends it when the tests' own end closes the pipe, even when they are killed.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$@\" </dev/null & server=$!; read -r _; kill $server", "sshd", .. Inside(), Program, "-D", "-E", LogFile, "-f", config])
        {
            RedirectStandardInput = true,
        };
        _process = Process.Start(start)!;
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Deadline)
        {
            var log = Log;
            if (log.Split("Server listening on").Length > Addresses.Count)
            {
                return true;
            }

            if (log.Contains("Cannot bind", StringComparison.Ordinal) || log.Contains("in use", StringComparison.Ordinal) || _process.HasExited)
            {
                break;
            }

            await Task.Delay(10);
        }

        await StopAsync();
        return false;
    }
}
