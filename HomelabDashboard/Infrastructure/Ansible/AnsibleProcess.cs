using System.Diagnostics;
using System.Text;
using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ansible;

/// <summary>
/// One run of ansible-playbook, in a session of its own: recorded, always read to its end, and ended with everything it has started.
/// </summary>
public static class AnsibleProcess
{
    /// <summary>Something that has left the session may hold the pipes for ever; nobody waits for that.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(2);

    /// <summary>What was killed is gone at once, but for what hangs in the kernel: that is left to the next start.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    /// <summary>Runs it to its end. A cancelled run is ended at once, with its whole session, and throws.</summary>
    /// <param name="output">Gets the lines of standard output and standard error as UTF-8, one at a time.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="IOException">It could not be started.</exception>
    public static Task<int> RunAsync(ProcessLedger ledger, AnsibleLaunch launch, AnsibleOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = Prepare(launch.Program, launch.Arguments());
        start.WorkingDirectory = Path.GetDirectoryName(launch.Playbook)!;
        AnsibleEnvironment.Set(start.Environment, AnsibleLaunch.TemporaryFolder(launch.RunFolder), launch.Folder);
        return RunAsync(ledger, start, launch.BecomePassword, output, time, cancellationToken);
    }

    internal static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments) => new("setsid", [program, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    internal static async Task<int> RunAsync(
        ProcessLedger ledger, ProcessStartInfo start, string? input, AnsibleOutput output, TimeProvider time, CancellationToken cancellationToken)
    {
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new IOException($"{start.FileName} could not be started: {missing.Message}", missing);
        }

        using (process)
        {
            ProcessIdentity? identity = null;
            var reading = Task.CompletedTask;
            var gate = new Lock();
            var closed = false;
            try
            {
                identity = ProcessIdentity.Of(process.Id);
                if (identity is not null)
                {
                    ledger.Add(identity);
                }

                reading = Task.WhenAll(
                    LineReader.ReadAsync(process.StandardOutput.BaseStream, line => Take(line, false), CancellationToken.None),
                    LineReader.ReadAsync(process.StandardError.BaseStream, line => Take(line, true), CancellationToken.None));
                await TellAsync(process, input);
                await process.WaitForExitAsync(cancellationToken);

                void Take(ReadOnlySpan<byte> line, bool isError)
                {
                    lock (gate)
                    {
                        if (!closed)
                        {
                            output(line, isError);
                        }
                    }
                }
            }
            finally
            {
                var left = ProcessSession.End(process.Id);
                if (await EndsAsync(process, time) && identity is not null)
                {
                    ledger.Remove(identity);
                }

                await Task.WhenAny(reading, Task.Delay(LongestRest, time, CancellationToken.None));
                lock (gate)
                {
                    closed = true;
                }

                if (left.Count > 0)
                {
                    output(Encoding.UTF8.GetBytes($"[The dashboard has no right to end what this run has left on its machine: {string.Join(", ", left.Select(pid => $"process {pid}"))}.]"), true);
                }
            }

            return process.ExitCode;
        }
    }

    private static async Task<bool> EndsAsync(Process process, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(LongestEnd, time);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task TellAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input + "\n");
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already, and says why on its own.
        }
    }
}

/// <param name="line">One line, without its end.</param>
/// <param name="isError">From standard error.</param>
public delegate void AnsibleOutput(ReadOnlySpan<byte> line, bool isError);
