using System.Security.Cryptography;

namespace HomelabDashboard.Features.Terminals.Commands;

/// <summary>
/// The commands of one session: answers its shell once, reads along with its output, and writes down what it runs. The output is
/// read by one thread; the rest may be called by any.
/// </summary>
public sealed class SessionCommands(SessionInfo info, IReadOnlyList<ActiveRule> rules, CommandLog log, TimeProvider time)
{
    /// <summary>What is typed before the shell has asked waits no longer than this.</summary>
    public static readonly TimeSpan AskTime = TimeSpan.FromSeconds(2);

    /// <summary>A shell that has said nothing of itself by then will not.</summary>
    private static readonly TimeSpan SilenceTime = TimeSpan.FromSeconds(10);

    /// <summary>Of what says that a command has started.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>A shell asks before anything else; only its own start-up files may have said something before.</summary>
    private const int LongestGreeting = 64 * 1024;

    private const int MaxHeld = 64 * 1024;
    private const int MaxDirectory = 4096;

    private readonly Lock _gate = new();
    private readonly ShellMarks _marks = new();
    private readonly string _nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly long _begun = time.GetTimestamp();
    private readonly List<byte> _held = [];
    private bool _holding = true;
    private bool _asked;
    private bool _answered;
    private long _read;
    private bool? _recorded;
    private string? _directory;
    private CommandRecord? _current;
    private int _number = -1;
    private long _startedAt;
    private string? _fromPalette;
    private bool _typedByProgram;

    /// <summary>Whether the shell tells what it runs; null while that is not known yet.</summary>
    public bool? Recorded
    {
        get
        {
            lock (_gate)
            {
                return _recorded ?? (time.GetElapsedTime(_begun) > SilenceTime ? false : null);
            }
        }
    }

    /// <summary>Reads output.</summary>
    /// <returns>What is to be typed into the shell in answer; null for nothing.</returns>
    public byte[]? Read(ReadOnlySpan<byte> output)
    {
        byte[]? answer = null;
        foreach (var text in _marks.Read(output))
        {
            if (ShellMark.Parse(text, _nonce) is { } mark)
            {
                lock (_gate)
                {
                    answer ??= Take(mark);
                }
            }
        }

        _read += output.Length;
        return answer;
    }

    /// <summary>
    /// Keeps back what is typed before the shell has asked, or the shell would take it for the answer.
    /// </summary>
    /// <returns>Whether it is kept; <see cref="Held"/> gives it out later.</returns>
    public bool Hold(ReadOnlySpan<byte> input)
    {
        lock (_gate)
        {
            if (!_holding || _held.Count + input.Length > MaxHeld)
            {
                return false;
            }

            _held.AddRange(input);
            return true;
        }
    }

    /// <summary>What was kept back and may go now; empty, and nothing more is kept, once that is all.</summary>
    public byte[] Held()
    {
        lock (_gate)
        {
            if (_holding && (_answered || _recorded is not null || time.GetElapsedTime(_begun) >= AskTime))
            {
                var held = _held.ToArray();
                _held.Clear();
                _holding = held.Length > 0;
                return held;
            }

            return [];
        }
    }

    /// <summary>The answer is on its way, and all else may follow.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _answered = true;
        }
    }

    /// <summary>Whether what is typed is still kept back.</summary>
    public bool Holds
    {
        get
        {
            lock (_gate)
            {
                return _holding;
            }
        }
    }

    /// <summary>The next command, if it is this one, was not typed by hand but chosen in the page.</summary>
    public void ExpectFromPalette(string command)
    {
        lock (_gate)
        {
            _fromPalette = command.Trim();
        }
    }

    /// <param name="byProgram">Whether a program, with a token, and no person at a browser has typed.</param>
    public void Typed(bool byProgram)
    {
        lock (_gate)
        {
            _typedByProgram = byProgram;
        }
    }

    private byte[]? Take(ShellMark mark)
    {
        switch (mark)
        {
            case ShellMark.Asks when !_asked && _recorded is null && _read < LongestGreeting:
                _asked = true;
                return ShellIntegration.Answer(_nonce, rules.Select(r => (r.Pattern, r.Reason)));
            case ShellMark.Nothing when _recorded is null:
                _recorded = false;
                break;
            case ShellMark.Directory directory:
                _recorded = true;
                _directory = directory.Path.Length > MaxDirectory ? directory.Path[..MaxDirectory] : directory.Path;
                break;
            case ShellMark.Started started when started.Number != _number:
                _number = started.Number;
                _startedAt = time.GetTimestamp();

                // What takes the shell's place does not tell; where it only moves its output, the next mark says that it is still there.
                _recorded = !started.Command.StartsWith("exec ", StringComparison.Ordinal);
                _current = Record(started.Command);
                log.Write(_current);
                break;
            case ShellMark.Ended ended:
                _recorded = true;
                if (_current is { } current && ended.Number == _number)
                {
                    current.End(ended.ExitCode, TookOf(ended));
                    log.Write(current);
                }

                break;
            case ShellMark.Blocked blocked:
                _recorded = true;
                var refused = Record(blocked.Command);
                refused.Blocked = blocked.Rule < rules.Count ? rules[blocked.Rule].Reason : "By a rule.";
                log.Write(refused);
                break;
        }

        return null;
    }

    /// <summary>The shell knows best how long it took, for what it says may be read late; but for one whose clock was set meanwhile.</summary>
    private TimeSpan TookOf(ShellMark.Ended ended)
    {
        var elapsed = time.GetElapsedTime(_startedAt);
        return ended.Took is { } took && took <= elapsed + LongestDelay ? took : elapsed;
    }

    private CommandRecord Record(string command)
    {
        var source = _fromPalette is { } expected && expected == command.Trim() ? CommandSource.Palette
            : _typedByProgram ? CommandSource.Api : CommandSource.Terminal;
        _fromPalette = null;
        return new CommandRecord(info, CommandText.ToStore(command), source, _directory, time.GetUtcNow().UtcDateTime);
    }
}
