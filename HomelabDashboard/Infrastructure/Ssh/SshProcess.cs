using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Web;

namespace HomelabDashboard.Infrastructure.Ssh;

/// <summary>One child of OpenSSH's: recorded, with an environment that holds nothing of ours, and always read to its end.</summary>
internal sealed class SshProcess : IAsyncDisposable
{
    private const int LongestOutput = 16 * 1024;
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR"];

    private readonly ProcessLedger _ledger;
    private readonly Process _process;
    private readonly ProcessIdentity? _identity;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private SshProcess(ProcessLedger ledger, Process process, SshAnswer? answer)
    {
        _ledger = ledger;
        _process = process;
        _identity = ProcessIdentity.Of(process.Id);
        if (_identity is not null)
        {
            ledger.Add(_identity);
        }

        Answer(process.StandardInput, answer);
        _output = ReadBoundedAsync(process.StandardOutput);
        _errors = ReadBoundedAsync(process.StandardError);
        Ended = EndAsync();
    }

    public int Pid => _process.Id;

    /// <summary>Whether it may have started ssh once more, for a jump host. To look for children is dear: it reads all of /proc.</summary>
    public bool HasChildren { get; init; }

    /// <summary>Its exit code, standard output and standard error, once it has ended; never fails.</summary>
    public Task<SshProcessEnd> Ended { get; }

    /// <param name="program">A name found on PATH.</param>
    public static SshProcess Start(ProcessLedger ledger, bool hasChildren, string program, params IEnumerable<string> arguments) =>
        Start(ledger, hasChildren, answer: null, program, arguments);

    /// <param name="answer">What it is told when it asks for a password.</param>
    /// <param name="program">A name found on PATH.</param>
    public static SshProcess Start(ProcessLedger ledger, bool hasChildren, SshAnswer? answer, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var kept = Inherited.Select(name => (name, start.Environment.TryGetValue(name, out var value) ? value : null)).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept.Where(k => k.Item2 is not null))
        {
            start.Environment[name] = value;
        }

        start.Environment["LC_ALL"] = "C";
        if (answer is not null)
        {
            start.Environment["SSH_ASKPASS"] = answer.Program;
            start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new StartupException($"{program} was not found. Install OpenSSH's client (the package openssh-client on Debian and Ubuntu).");
        }

        try
        {
            return new SshProcess(ledger, process, answer) { HasChildren = hasChildren };
        }
        catch
        {
            // One that could not be recorded must not stay.
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted)
        {
            try
            {
                _process.Kill(HasChildren);
            }
            catch (InvalidOperationException)
            {
                // It ended by itself just now.
            }
        }

        await Ended;
        _process.Dispose();
    }

    private static void Answer(StreamWriter input, SshAnswer? answer)
    {
        try
        {
            // One line fits into the pipe, so that nothing waits here.
            if (answer is not null)
            {
                input.Write(answer.Line + "\n");
            }

            input.Close();
        }
        catch (IOException)
        {
            // It has ended already, and says why on its own.
        }
    }

    private static async Task<string> ReadBoundedAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[1024];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            text.Append(buffer, 0, Math.Min(count, LongestOutput - text.Length));
        }

        return text.ToString();
    }

    private async Task<SshProcessEnd> EndAsync()
    {
        await _process.WaitForExitAsync();
        var output = await _output;
        var errors = await _errors;
        if (_identity is not null)
        {
            _ledger.Remove(_identity);
        }

        return new SshProcessEnd(_process.ExitCode, output, errors);
    }
}

internal sealed record SshProcessEnd(int ExitCode, string Output, string Errors);

/// <summary>What ssh is told when it asks for a password.</summary>
/// <param name="Program">What it runs to ask.</param>
/// <param name="Line">The answer, which that program finds on ssh's standard input: on no command line and in no environment.</param>
internal sealed record SshAnswer(string Program, string Line)
{
    public override string ToString() => Program;
}
