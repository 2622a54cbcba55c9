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

    /// <summary>Ends exactly this process and what it started; nothing happens when it has ended already.</summary>
    public void Kill()
    {
        if (!IsRunning)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It ended between the look and the kill.
        }
    }

    private static long? ReadStartTicks(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // The second field is the name in parentheses and may hold anything, so count from the last ')'. Zombies have ended.
        var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return rest[0] is "Z" or "X" ? null : long.Parse(rest[19], CultureInfo.InvariantCulture);
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
