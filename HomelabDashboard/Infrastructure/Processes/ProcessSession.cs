using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Infrastructure.Processes;

/// <summary>The processes of one session (setsid(2)): whatever a program started, also what its parents have left behind.</summary>
public static class ProcessSession
{
    private const int MostRounds = 20;

    /// <summary>Ends all of them, at once and for good. One that is forked in the meantime is found in the next round.</summary>
    /// <param name="leader">The pid of the session's first process, which may be gone; a session that lives keeps its number from being used again.</param>
    /// <returns>The pids of those that may not be ended from here, such as what sudo has started.</returns>
    public static IReadOnlyCollection<int> End(int leader)
    {
        var refused = new HashSet<int>();
        for (var round = 0; round < MostRounds && Members(leader).Except(refused).ToList() is { Count: > 0 } members; round++)
        {
            foreach (var pid in members)
            {
                try
                {
                    using var process = Process.GetProcessById(pid);
                    process.Kill();
                }
                catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
                {
                    // It ended between the look and the kill.
                }
                catch (Win32Exception)
                {
                    refused.Add(pid);
                }
            }
        }

        return refused;
    }

    internal static List<int> Members(int leader)
    {
        var session = leader.ToString(CultureInfo.InvariantCulture);
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && ProcessIdentity.ReadStat(pid) is { } stat && stat[3] == session)];
    }
}
