using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace HomelabDashboard.Infrastructure.Processes;

/// <summary>
/// One process and no other: a pid is given to somebody else after its process has ended, the pair of pid and start time is not.
/// </summary>
/// <param name="StartTicks">When it started, in the kernel's clock ticks since boot (proc(5), field 22 of <c>/proc/pid/stat</c>); 0 where that cannot be read.</param>
/// <param name="BootId">Of the boot in which it started (<c>/proc/sys/kernel/random/boot_id</c>).</param>
public sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    private static readonly string CurrentBoot = ReadBootId();

    /// <summary>Null when there is no such process (any more).</summary>
    public static ProcessIdentity? Of(int pid) =>
        ReadStartTicks(pid) is { } ticks ? new ProcessIdentity(pid, ticks, CurrentBoot) : null;

    public bool IsRunning => BootId == CurrentBoot && StartTicks != 0 && ReadStartTicks(Pid) == StartTicks;

    /// <summary>
    /// Ends exactly this process and what it started, also what its children have left behind in its session where it leads one;
    /// nothing happens when it has ended already.
    /// </summary>
    /// <param name="refused">Told of what may not be ended from here, by its pid; the rest is ended all the same.</param>
    public void Kill(Action<int, Exception>? refused = null)
    {
        if (!IsRunning)
        {
            return;
        }

        // Found before anything is killed, and the youngest first: a parent that dies can take the one between with it (as the
        // end of a terminal does), and then nobody would know whose the rest was.
        foreach (var pid in Tree())
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                process.Kill(entireProcessTree: true);
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It ended between the look and the kill.
            }
            catch (Exception fault) when (fault is Win32Exception or AggregateException)
            {
                refused?.Invoke(pid, fault);
            }
        }
    }

    /// <summary>This process, those of its session and all that they have started, the youngest generation first.</summary>
    private List<int> Tree()
    {
        var tree = new List<int> { Pid };
        tree.AddRange(ProcessSession.Members(Pid).Where(pid => pid != Pid));
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && ReadStat(pid) is { } stat)
            {
                var parent = int.Parse(stat[1], CultureInfo.InvariantCulture);
                (children.TryGetValue(parent, out var known) ? known : children[parent] = []).Add(pid);
            }
        }

        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(children.GetValueOrDefault(tree[i])?.Except(tree) ?? []);
        }

        tree.Reverse();
        return tree;
    }

    private static long? ReadStartTicks(int pid) => ReadStat(pid) is { } stat ? long.Parse(stat[19], CultureInfo.InvariantCulture) : null;

    /// <summary>The fields of <c>/proc/pid/stat</c> from the third on; null when there is no such process.</summary>
    internal static string[]? ReadStat(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The second field is the name in parentheses and may hold anything, so count from the last ')'. Zombies have ended.
        var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return rest[0] is "Z" or "X" ? null : rest;
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
