using System.Diagnostics;

namespace HomelabDashboard.Tests.Features.Hosts.Import;

/// <summary>The programs whose reading of a text ours must agree with.</summary>
internal static class Tool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <returns>Standard output; null when the program refused its input.</returns>
    public static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Another Python before the system's own would not have Ansible.
        start.Environment["PATH"] = "/usr/bin:" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["ANSIBLE_LOCALHOST_WARNING"] = "False";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Deadline);
        await error;
        return process.ExitCode == 0 ? await output : null;
    }
}
