using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A real Docker engine with folders and a socket of its own, without a network, and with one image that has busybox in it.
/// Needs root. It can be put behind an <see cref="SshServer"/>.
/// </summary>
public sealed class PrivateEngine : IAsyncDisposable
{
    /// <summary>The image that is there.</summary>
    public const string Image = "busybox:1.0";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-docker-").FullName;
    private Process? _process;

    public string Socket => Path.Combine(_folder, "docker.sock");

    /// <summary>What the docker client takes as <c>DOCKER_CONFIG</c>: with the Compose plugin that <c>make test-setup</c> has got, where the system has none.</summary>
    public string ClientConfig => Path.Combine(_folder, "client");

    /// <summary>The plugin in <see cref="ClientConfig"/>.</summary>
    public string ComposePlugin => Path.Combine(ClientConfig, "cli-plugins", "docker-compose");

    /// <summary>Of dockerd itself.</summary>
    public int Pid => int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), CultureInfo.InvariantCulture);

    public static async Task<PrivateEngine> StartAsync()
    {
        var engine = new PrivateEngine();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(engine.ComposePlugin)!);
            var plugin = Path.Combine(Repository.Root, ".tools/compose/docker-compose");
            if (File.Exists(plugin))
            {
                File.CreateSymbolicLink(engine.ComposePlugin, plugin);
            }

            await engine.StartAgainAsync();
            await RunAsync("sh", ["-c", """
                mkdir -p "$1/root/bin" "$1/root/tmp" && cp "$(command -v busybox)" "$1/root/bin/busybox"
                for name in sh cat echo sleep seq date true false printf head tail trap kill id ls; do ln -sf busybox "$1/root/bin/$name"; done
                tar -C "$1/root" -c . | docker -H "unix://$1/docker.sock" import - "$2"
                """, "sh", engine._folder, Image]);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, also after <see cref="StopAsync"/> with what it had.</summary>
    public async Task StartAgainAsync()
    {
        var config = Path.Combine(_folder, "daemon.json");
        var log = Path.Combine(_folder, "log");
        await File.WriteAllTextAsync(config, "{}");
        string[] arguments =
        [
            "--config-file", config, "-H", "unix://" + Socket, "--data-root", Path.Combine(_folder, "data"), "--exec-root", Path.Combine(_folder, "exec"),
            "--pidfile", Path.Combine(_folder, "pid"), "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false", "--bridge=none",
            "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false",
        ];

        // The shell ends it when the tests' own end closes the pipe, even when they are killed.
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; dockerd \"$@\" </dev/null >>\"$log\" 2>&1 & server=$!; read -r _; kill $server; wait $server", "sh", log, .. arguments])
        {
            RedirectStandardInput = true,
        })!;
        await Until.TrueAsync(
            async () => (await TryAsync("docker", ["-H", "unix://" + Socket, "version"])).Ended, $"the engine answers: {log}", Deadline);
    }

    /// <summary>Ends it and all its containers, as a shutdown does.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(Deadline);
            process.Dispose();
        }
    }

    /// <summary>Runs the docker client.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> DockerAsync(params string[] arguments) => RunAsync("docker", ["--config", ClientConfig, "-H", "unix://" + Socket, .. arguments]);

    /// <summary>Makes an image that has bash, and stty, beside busybox.</summary>
    public async Task<string> ImportBashAsync()
    {
        const string image = "bash:1.0";
        await RunAsync("sh", ["-c", """
            mkdir -p "$1/bash" && cp -a "$1/root/." "$1/bash/"
            ln -sf busybox "$1/bash/bin/stty"
            for file in "$(command -v bash)" $(ldd "$(command -v bash)" | grep -o '/[^ ]*'); do mkdir -p "$1/bash${file%/*}" && cp -L "$file" "$1/bash$file"; done
            mkdir -p "$1/bash/root" "$1/bash/bin" && [ -e "$1/bash/bin/bash" ] || cp -L "$(command -v bash)" "$1/bash/bin/bash"
            tar -C "$1/bash" -c . | docker -H "unix://$1/docker.sock" import - "$2"
            """, "sh", _folder, image]);
        return image;
    }

    /// <summary>Runs a container from the image in the background.</summary>
    /// <param name="script">What its shell does.</param>
    /// <param name="options">Options of <c>docker run</c>.</param>
    /// <returns>Its id.</returns>
    public async Task<string> RunContainerAsync(string name, string script, params string[] options) =>
        (await DockerAsync(["run", "-d", "--name", name, "--network", "none", .. options, Image, "sh", "-c", script])).Trim();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await TryAsync("sh", ["-c", "docker -H \"$1\" rm -f $(docker -H \"$1\" ps -aq) 2>/dev/null", "sh", "unix://" + Socket]);
        }

        await StopAsync();
        await Until.TrueAsync(Delete, $"{_folder} can be deleted", Deadline);

        bool Delete()
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        var (ended, output, errors) = await TryAsync(program, arguments);
        return ended ? output : throw new InvalidOperationException($"{program}: {errors}");
    }

    private static async Task<(bool Ended, string Output, string Errors)> TryAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        return (process.ExitCode == 0, await output, await errors);
    }
}
