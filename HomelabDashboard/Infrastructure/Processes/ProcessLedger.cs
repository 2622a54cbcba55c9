using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace HomelabDashboard.Infrastructure.Processes;

/// <summary>
/// The processes that this program has started and not yet seen end, kept in a file, so that the next start after a crash can
/// end what was left over. Singleton.
/// </summary>
/// <param name="path">A file in the data folder.</param>
public sealed partial class ProcessLedger(string path, ILogger<ProcessLedger>? logger = null)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ProcessIdentity> _running = [];

    /// <summary>Ends what an earlier run left over. To be called once, before anything is started.</summary>
    /// <returns>How many were still there.</returns>
    public int EndLeftovers()
    {
        lock (_gate)
        {
            var ended = 0;
            foreach (var process in Read())
            {
                if (process.IsRunning)
                {
                    process.Kill((pid, fault) => LogRefused(logger ?? NullLogger<ProcessLedger>.Instance, pid, fault));
                    ended++;
                }
            }

            _running.Clear();
            Write();
            return ended;
        }
    }

    public void Add(ProcessIdentity process)
    {
        lock (_gate)
        {
            _running.Add(process);
            Write();
        }
    }

    public void Remove(ProcessIdentity process)
    {
        lock (_gate)
        {
            if (_running.Remove(process))
            {
                try
                {
                    Write();
                }
                catch (IOException)
                {
                    // An entry too many harms nobody: its start time is looked at, and the next write leaves it out.
                }
            }
        }
    }

    private List<ProcessIdentity> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<List<ProcessIdentity>>(File.ReadAllBytes(path)) ?? [];
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or JsonException)
        {
            return [];
        }
    }

    private void Write()
    {
        var next = path + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(_running));
        File.Move(next, path, overwrite: true);
    }

    [LoggerMessage(120, LogLevel.Warning, "The process {Pid}, left over from before, could not be ended.")]
    private static partial void LogRefused(ILogger logger, int pid, Exception fault);
}
