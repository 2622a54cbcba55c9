using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Tests.Support;

/// <summary>
/// A real engine, Docker's or Podman's, with folders and a socket of its own, without a network, and with one image that has busybox
/// in it. Needs root. It can be put behind an <see cref="SshServer"/>.
/// </summary>
public sealed class PrivateEngine : IAsyncDisposable
{
    /// <summary>The image that is there.</summary>
    public const string Image = "busybox:1.0";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("homelab-docker-").FullName;
    private readonly bool _isPodman;
    private Process? _process;

    private PrivateEngine(bool isPodman) => _isPodman = isPodman;

    public string Socket => Path.Combine(_folder, _isPodman ? "podman/podman.sock" : "docker.sock");

    /// <summary>What a user of Podman has as <c>XDG_RUNTIME_DIR</c>: the folder where its socket is looked for.</summary>
    public string RuntimeFolder => _folder;

    /// <summary>What the docker client takes as <c>DOCKER_CONFIG</c>: with the Compose plugin that <c>make test-setup</c> has got, where the system has none.</summary>
    public string ClientConfig => Path.Combine(_folder, "client");

    /// <summary>The plugin in <see cref="ClientConfig"/>.</summary>
    public string ComposePlugin => Path.Combine(ClientConfig, "cli-plugins", "docker-compose");

    /// <summary>Of dockerd itself.</summary>
    public int Pid => int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), CultureInfo.InvariantCulture);

    public static async Task<PrivateEngine> StartAsync(bool podman = false)
    {
        var engine = new PrivateEngine(podman);
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
                image=$(tar -C "$1/root" -c . | docker -H "unix://$2" import -)
                docker -H "unix://$2" tag "${image##*:}" "$3"
                """, "sh", engine._folder, engine.Socket, Image]);
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
        var log = Path.Combine(_folder, "log");
        var server = _isPodman ? await PodmanAsync() : await DockerdAsync();

        // The shell ends it when the tests' own end closes the pipe, even when they are killed.
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & server=$!; read -r _; kill $server; wait $server", "sh", log, .. server])
        {
            RedirectStandardInput = true,
        })!;
        await Until.TrueAsync(
            async () => (await TryAsync("docker", ["-H", "unix://" + Socket, "version"])).Ended, $"the engine answers: {log}", Deadline);
    }

    private async Task<string[]> DockerdAsync()
    {
        var config = Path.Combine(_folder, "daemon.json");
        await File.WriteAllTextAsync(config, "{}");
        return
        [
            "dockerd", "--config-file", config, "-H", "unix://" + Socket, "--data-root", Path.Combine(_folder, "data"), "--exec-root", Path.Combine(_folder, "exec"),
            "--pidfile", Path.Combine(_folder, "pid"), "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false", "--bridge=none",
            "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false",
        ];
    }

    /// <summary>Podman's service, in a mount namespace in which there are the first version's cgroups alone: it takes a system with both for one of the second's.</summary>
    private async Task<string[]> PodmanAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Socket)!);
        await File.WriteAllTextAsync(Path.Combine(_folder, "storage.conf"), $"""
            [storage]
            driver = "vfs"
            runroot = "{_folder}/run"
            graphroot = "{_folder}/storage"
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder, "containers.conf"), $"""
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            log_driver = "k8s-file"
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            exit_command_delay = 1
            runtime = "crun"
            static_dir = "{_folder}/storage/libpod"
            volume_path = "{_folder}/volumes"
            tmp_dir = "{_folder}/tmp"
            """);
        return
        [
            "unshare", "-m", "sh", "-c",
            """
            umount /sys/fs/cgroup/unified 2>/dev/null
            export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf
            exec podman system service --time=0 "unix://$2"
            """,
            "sh", _folder, Socket,
        ];
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

    /// <summary>Has dockerd do nothing until the end of some work: what it is asked meanwhile, it does afterwards.</summary>
    public async Task FrozenAsync(Func<Task> work)
    {
        var pid = Pid.ToString(CultureInfo.InvariantCulture);
        await RunAsync("kill", ["-STOP", pid]);
        try
        {
            await work();
        }
        finally
        {
            await RunAsync("kill", ["-CONT", pid]);
        }
    }

    /// <summary>Whether somebody has asked something on a connection that it knows and that it has not read yet.</summary>
    public async Task<bool> IsAskedAsync() =>
        (await RunAsync("ss", ["-xnH", "state", "connected", "src", Socket])).Split('\n').Any(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["u_str", "ESTAB", not "0", ..]);

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
            made=$(tar -C "$1/bash" -c . | docker -H "unix://$2" import -)
            docker -H "unix://$2" tag "${made##*:}" "$3"
            """, "sh", _folder, Socket, image]);
        return image;
    }

    /// <summary>Runs a container from the image in the background.</summary>
    /// <param name="script">What its shell does.</param>
    /// <param name="options">Options of <c>docker run</c>.</param>
    /// <returns>Its id.</returns>
    public async Task<string> RunContainerAsync(string name, string script, params string[] options) =>
        (await DockerAsync(["run", "-d", "--name", name, "--network", "none", "--stop-timeout", "10", .. options, Image, "sh", "-c", script])).Trim();

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
