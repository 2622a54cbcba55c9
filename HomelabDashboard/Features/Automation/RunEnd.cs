namespace HomelabDashboard.Features.Automation;

/// <summary>What the end of ansible-playbook means. Its exit codes alone do not tell: 4 is an unreachable host or an unreadable playbook.</summary>
internal static class RunEnd
{
    private const int Ok = 0;
    private const int MostNames = 3;

    /// <returns>Why it failed, in words; null when it did what it was to do.</returns>
    /// <param name="lastError">The last complaint of Ansible's own, where it made one.</param>
    public static string? Words(int exitCode, RunProgress progress, string? lastError)
    {
        var hosts = progress.Tree(isOver: true).Hosts;
        var failed = hosts.Where(h => h.Counts.Failed > 0).ToList();
        var unreachable = hosts.Where(h => h.Counts.Unreachable > 0).ToList();
        if (exitCode == Ok)
        {
            return hosts.Count == 0 ? "Nothing was run: no host matched." : null;
        }

        if (failed.Count + unreachable.Count > 0)
        {
            return string.Join(" ", new[] { Names(failed, "failed"), Names(unreachable, "could not be reached") }.OfType<string>());
        }

        return !progress.Begun
            ? $"Ansible could not begin{(lastError is null ? $" (exit code {exitCode})." : $": {lastError}")}"
            : lastError is null ? $"Ansible ended with the exit code {exitCode}." : $"Ansible gave up: {lastError}";
    }

    private static string? Names(List<RunHost> hosts, string what) => hosts switch
    {
        [] => null,
        [var one] => $"{one.Name} {what}{(one.FailedTask is null ? "" : $" at {one.FailedTask}")}{(one.Message is { Length: > 0 } why ? $": {FirstLine(why)}" : ".")}",
        _ when hosts.Count > MostNames => $"{string.Join(", ", hosts.Take(MostNames).Select(h => h.Name))} and {hosts.Count - MostNames} more {what}.",
        _ => $"{string.Join(", ", hosts.Take(hosts.Count - 1).Select(h => h.Name))} and {hosts[^1].Name} {what}.",
    };

    private static string FirstLine(string words)
    {
        var line = words.Split('\n', 2)[0].Trim();
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
