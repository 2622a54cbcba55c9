using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Tests.Support;

/// <summary>The built program as a process of its own, on a free port, with a data folder of its own that goes with it.</summary>
public sealed partial class RunningDashboard : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _setupCode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [];
    private readonly bool _keepFolder;

    private RunningDashboard(Process process, string folder, bool keepFolder)
    {
        _process = process;
        Folder = folder;
        _keepFolder = keepFolder;
    }

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    public Uri Address { get; private set; } = null!;

    public int Pid => _process.Id;

    /// <summary>What was printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>The one-time code of a fresh instance, from its log.</summary>
    public Task<string> SetupCodeAsync() => _setupCode.Task.WaitAsync(Deadline);

    /// <param name="settings">Environment variables, such as <c>Homelab__Metrics__IntervalSeconds</c>.</param>
    /// <param name="folder">The data folder of a program before this one, which stays; null: a new one.</param>
    /// <param name="program">The built <c>HomelabDashboard.dll</c>; null: the one of the build that runs.</param>
    public static async Task<RunningDashboard> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, string? folder = null, string? program = null)
    {
        var data = folder ?? Directory.CreateTempSubdirectory("homelab-run-").FullName;
        var start = new ProcessStartInfo("dotnet", [program ?? BuiltProgram()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["DOTNET_GCgen0size"] = "0x1000000"; // as make run and the image have it
        start.Environment["HOMELAB_DATA_DIR"] = data;
        start.Environment["HOMELAB_URLS"] = "http://127.0.0.1:0";
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var dashboard = new RunningDashboard(Process.Start(start)!, data, folder is not null);
        dashboard.Listen();
        try
        {
            dashboard.Address = await dashboard._address.Task.WaitAsync(Deadline);
            return dashboard;
        }
        catch (Exception fault)
        {
            var code = await dashboard.StopAsync();
            var output = dashboard.Output;
            await dashboard.DisposeAsync();
            throw new InvalidOperationException($"The dashboard did not start and ended with exit code {code}:\n{output}", fault);
        }
    }

    /// <summary>What it has started and still runs.</summary>
    public List<ProcessIdentity> Children() =>
    [
        .. Directory.GetDirectories($"/proc/{Pid.ToString(CultureInfo.InvariantCulture)}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => ProcessIdentity.Of(int.Parse(child, CultureInfo.InvariantCulture)))
            .OfType<ProcessIdentity>(),
    ];

    /// <summary>Asks it to end, as a service manager does, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", Pid.ToString(CultureInfo.InvariantCulture)]))!;
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(Deadline);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a crash does: no chance to tidy up, its children left behind.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            _process.Dispose();
            if (!_keepFolder)
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    /// <summary>Beside the tests there may be a copy, but only the program's own folder knows its static files.</summary>
    private static string BuiltProgram()
    {
        var build = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "HomelabDashboard", "bin", build.Parent!.Name, build.Name, "HomelabDashboard.dll");
    }

    private void Listen()
    {
        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (_output)
            {
                _output.Add(line);
            }

            if (ListeningLine().Match(line) is { Success: true } listening)
            {
                _address.TrySetResult(new(listening.Groups["address"].Value));
            }
            else if (SetupCodeLine().Match(line) is { Success: true } code)
            {
                _setupCode.TrySetResult(code.Groups["code"].Value);
            }
        }

        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("It ended."));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"the setup code is (?<code>[a-z0-9-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SetupCodeLine();
}
