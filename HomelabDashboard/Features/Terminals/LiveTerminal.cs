using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Processes;
using HomelabDashboard.Infrastructure.Ttyd;

namespace HomelabDashboard.Features.Terminals;

/// <summary>
/// A session that lives: the only holder of its ttyd, the output for replay, and who is attached. Clients come and go; the shell
/// does not notice.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "None of these hold anything of the system's, and a client that leaves late may still use them.")]
public sealed class LiveTerminal
{
    /// <summary>ttyd is not read while an attached client has drawn less than all but this much.</summary>
    public const int MaxBehind = 1024 * 1024;

    /// <summary>A client that holds the session back must draw at least this much in the time it has to catch up.</summary>
    public const int LeastProgress = 64 * 1024;

    private readonly TtydConnection _ttyd;
    private readonly TimeProvider _time;
    private readonly TimeSpan _catchUp;
    private readonly TimeSpan _idleTimeout;
    private readonly Action<LiveTerminal> _changed;
    private readonly SessionCommands? _commands;
    private readonly TerminalInput _input;
    private readonly List<TerminalAttachment> _attachments = [];
    private readonly SemaphoreSlim _room = new(0, 1);
    private readonly PtySize _size;
    private readonly CancellationTokenSource _stop = new();
    private long _typedAt;
    private double? _latency;
    private SessionState? _told;

    /// <param name="changed">Called, with no lock held, after what the list of sessions shows has changed.</param>
    /// <param name="commands">Follows what its shell runs; null for a program that is not asked to tell.</param>
    public LiveTerminal(
        SessionInfo info, TtydConnection ttyd, TerminalsOptions options, TimeProvider time, Action<LiveTerminal> changed, SessionCommands? commands = null)
    {
        _commands = commands;
        Info = info;
        _ttyd = ttyd;
        _time = time;
        _catchUp = options.CatchUpTimeout;
        _idleTimeout = options.IdleTimeout;
        _changed = changed;
        _input = new TerminalInput(ttyd, commands, time, _stop.Token);
        _size = new PtySize(ttyd, time, SmallestWindow, Resized);
        Output.Resize(PtySize.Initial.Columns, PtySize.Initial.Rows);
        ExpiresAt = info.CreatedAt + info.Lifetime;
        LastInputAt = LastSeenAt = Now;
        UnattendedSince = LastSeenAt;
    }

    public SessionInfo Info { get; }

    public SessionLifecycle Lifecycle { get; } = new();

    public ProcessIdentity Ttyd => _ttyd.Identity;

    /// <summary>Set once, when there will be no more output.</summary>
    public SessionEnd? End { get; private set; }

    /// <summary>When it ends whatever happens, unless it is extended.</summary>
    public DateTime ExpiresAt { get; private set; }

    /// <summary>When something was last typed, or the session was last extended.</summary>
    public DateTime LastInputAt { get; private set; }

    /// <summary>When a client last was attached or typed.</summary>
    public DateTime LastSeenAt { get; private set; }

    /// <summary>Since when nobody has been attached; null while somebody is.</summary>
    public DateTime? UnattendedSince
    {
        get
        {
            lock (Gate)
            {
                return field;
            }
        }

        private set;
    }

    public bool WasAttached { get; private set; }

    public int AttachedClients { get; private set; }

    /// <summary>Typed by clients.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Put out by the shell.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Whether the shell tells which commands it runs; null while that is not known yet.</summary>
    public bool? CommandsRecorded => _commands is null ? false : _commands.Recorded;

    public DateTime IdleExpiresAt => LastInputAt + _idleTimeout;

    /// <summary>Guards all that follows, and what belongs to attachments.</summary>
    internal Lock Gate { get; } = new();

    internal OutputBuffer Output { get; } = new();

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Takes a client on: it gets the replay and then what comes.</summary>
    /// <param name="columns">Of its window; 0 with <paramref name="rows"/> 0 for one that is not visible.</param>
    /// <returns>Null when the session is ending.</returns>
    public TerminalAttachment? Attach(int columns, int rows, ClaimsPrincipal principal)
    {
        TerminalAttachment attachment;
        bool redraw;
        lock (Gate)
        {
            if (Lifecycle.Status != SessionStatus.Active)
            {
                return null;
            }

            var replay = Output.ReplayFrom();
            attachment = new TerminalAttachment(this, principal, replay, columns, rows);
            _attachments.Add(attachment);
            _told = null;
            Attended();
            redraw = replay is { Offset: > 0, Modes.AlternateScreen: true };
        }

        _changed(this);
        _ = _size.FitAsync(redraw);
        return attachment;
    }

    /// <summary>Types into the shell, after everything that was typed before.</summary>
    /// <exception cref="TtydException">It takes nothing any more.</exception>
    public async ValueTask InputAsync(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty || Lifecycle.Status != SessionStatus.Active)
        {
            return;
        }

        lock (Gate)
        {
            BytesIn += input.Length;
            LastInputAt = LastSeenAt = Now;
            _typedAt = _time.GetTimestamp();
        }

        await _input.WriteAsync(input);
    }

    /// <summary>Types a command that was chosen in the page.</summary>
    /// <param name="run">Whether Enter is to follow.</param>
    /// <returns>False, and nothing is typed, where it has several lines that would run one by one.</returns>
    /// <exception cref="TtydException">It takes nothing any more.</exception>
    public async ValueTask<bool> TypeCommandAsync(string command, bool run)
    {
        bool paste;
        lock (Gate)
        {
            paste = Output.Modes.BracketedPaste;
        }

        if (command.Contains('\n', StringComparison.Ordinal) && !paste)
        {
            return false;
        }

        _commands?.ExpectFromPalette(command);
        await InputAsync(System.Text.Encoding.UTF8.GetBytes((paste ? $"\e[200~{command}\e[201~" : command) + (run ? "\r" : "")));
        return true;
    }

    /// <param name="byProgram">Whether a program, with a token, types from now on.</param>
    public void Typed(bool byProgram) => _commands?.Typed(byProgram);

    /// <param name="columns">0 with <paramref name="rows"/> 0 while the window is not visible.</param>
    public async Task ResizeAsync(TerminalAttachment attachment, int columns, int rows)
    {
        lock (Gate)
        {
            (attachment.Columns, attachment.Rows) = (columns, rows);
        }

        await _size.FitAsync(redraw: false);
    }

    /// <summary>Puts the end off, and counts as typing. It never comes nearer by this, and not past <see cref="TerminalsOptions.MaxLifetime"/> from the creation.</summary>
    /// <param name="lifetime">From now on.</param>
    /// <returns>False when the session is ending.</returns>
    public bool Extend(TimeSpan lifetime)
    {
        lock (Gate)
        {
            if (Lifecycle.Status != SessionStatus.Active)
            {
                return false;
            }

            LastInputAt = Now;
            var (wanted, last) = (Now + lifetime, Info.CreatedAt + TerminalsOptions.MaxLifetime);
            ExpiresAt = Later(ExpiresAt, wanted < last ? wanted : last);
        }

        _changed(this);
        return true;

        static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;
    }

    /// <param name="totalBytes">How much of its stream the client has drawn.</param>
    public void Acknowledge(TerminalAttachment attachment, long totalBytes)
    {
        lock (Gate)
        {
            attachment.SetDrawn(totalBytes);
            if (attachment.Behind is not { } behind)
            {
                return;
            }

            if (Output.End - attachment.Drawn <= MaxBehind)
            {
                attachment.Behind = null;
                MakeRoom();
            }
            else if (attachment.Drawn - behind.Drawn >= LeastProgress)
            {
                attachment.Behind = (_time.GetTimestamp(), attachment.Drawn);
            }
        }
    }

    /// <summary>Cuts off every client for whom <paramref name="which"/> says so.</summary>
    public void DetachAll(Func<ClaimsPrincipal, bool> which, string because)
    {
        List<TerminalAttachment> found;
        lock (Gate)
        {
            found = _attachments.FindAll(a => which(a.Principal));
        }

        found.ForEach(a => Detach(a, because));
    }

    /// <summary>Carries output from ttyd to the clients, until there is no more.</summary>
    /// <returns>How the shell ended.</returns>
    public async Task<SessionEnd> RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitForRoomAsync();
                var output = await _ttyd.ReadAsync(_stop.Token);
                if (output.IsEmpty)
                {
                    break;
                }

                var answer = _commands?.Read(output.Span);
                Take(output.Span);
                await _input.AnswerAsync(answer);
                if (_told?.CommandsRecorded != CommandsRecorded)
                {
                    TellState();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return SessionEnd.UserClose;
        }

        if (_stop.IsCancellationRequested)
        {
            return SessionEnd.UserClose;
        }

        return await _ttyd.ExitCodeAsync() switch
        {
            // What ssh answers when the connection, and not the shell, has ended.
            255 => SessionEnd.Error($"The connection to {Info.HostName} was lost."),
            null => SessionEnd.Error("The terminal's process has ended unexpectedly."),

            // What Docker's client answers when the shell was killed.
            137 when Info.ContainerName is not null => SessionEnd.ShellExit with { Words = $"The shell was ended from outside, as when {Info.ContainerName} stops." },
            _ => SessionEnd.ShellExit,
        };
    }

    /// <summary>Ends ttyd and the shell, and lets the clients go once they have taken what is left. To be called once, when closing.</summary>
    public async Task StopAsync(SessionEnd end)
    {
        // ttyd first: if it saw its socket go, it would leave before what it started can be found.
        try
        {
            await _ttyd.DisposeAsync();
        }
        finally
        {
            await _stop.CancelAsync();
            lock (Gate)
            {
                Output.Append(System.Text.Encoding.UTF8.GetBytes($"\e[0m\r\n\e[2m— {end.Words} —\e[0m\r\n"));
                End = end;
                MakeRoom();
                _attachments.ForEach(a => a.Wake());
            }
        }
    }

    /// <summary>Tells the clients the state where it is another one than the last.</summary>
    public void TellState()
    {
        lock (Gate)
        {
            var state = new SessionState(EnumWords<SessionStatus>.Of(Lifecycle.Status), ExpiresAt, IdleExpiresAt, AttachedClients, _latency, Now, CommandsRecorded);
            if (state with { Now = default } != _told)
            {
                _told = state with { Now = default };
                _attachments.ForEach(a => a.Tell(state));
            }
        }
    }

    internal void Detach(TerminalAttachment attachment, string? because)
    {
        lock (Gate)
        {
            if (!_attachments.Remove(attachment))
            {
                return;
            }

            attachment.CutOff(because);
            Attended();
            MakeRoom();
        }

        _changed(this);
        _ = _size.FitAsync(redraw: false);
    }

    private void Resized(int columns, int rows)
    {
        lock (Gate)
        {
            Output.Resize(columns, rows);
            _attachments.ForEach(a => a.Wake());
        }
    }

    private void Attended()
    {
        AttachedClients = _attachments.Count;
        WasAttached |= AttachedClients > 0;
        LastSeenAt = Now;
        UnattendedSince = AttachedClients > 0 ? null : LastSeenAt;
    }

    private void Take(ReadOnlySpan<byte> output)
    {
        lock (Gate)
        {
            if (_typedAt != 0)
            {
                var taken = _time.GetElapsedTime(_typedAt).TotalMilliseconds;
                _latency = Math.Round(_latency is { } before ? (0.7 * before) + (0.3 * taken) : taken, 1);
                _typedAt = 0;
            }

            BytesOut += output.Length;
            Output.Append(output);
            foreach (var attachment in _attachments)
            {
                attachment.Wake();
            }
        }
    }

    private void MakeRoom()
    {
        if (_room.CurrentCount == 0)
        {
            _room.Release();
        }
    }

    /// <summary>
    /// Holds the shell back while an attached client is too far behind, and cuts off one that does not catch up.
    /// </summary>
    private async ValueTask WaitForRoomAsync()
    {
        while (FindBehind() is var (slow, since))
        {
            var left = _catchUp - _time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
            {
                Detach(slow, "This window fell too far behind the output and was detached.");
                continue;
            }

            using var limit = new CancellationTokenSource(left, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            try
            {
                await _room.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
            }
        }
    }

    private (TerminalAttachment Attachment, long Since)? FindBehind()
    {
        lock (Gate)
        {
            TerminalAttachment? longest = null;
            foreach (var attachment in _attachments)
            {
                if (Output.End - attachment.Drawn > MaxBehind)
                {
                    attachment.Behind ??= (_time.GetTimestamp(), attachment.Drawn);
                    if (longest is null || attachment.Behind.Value.Since < longest.Behind!.Value.Since)
                    {
                        longest = attachment;
                    }
                }
            }

            return longest is null ? null : (longest, longest.Behind!.Value.Since);
        }
    }

    /// <summary>The size of the smallest visible window; null when none is visible.</summary>
    private (int Columns, int Rows)? SmallestWindow()
    {
        lock (Gate)
        {
            var visible = _attachments.Where(a => a is { Columns: > 0, Rows: > 0 }).ToList();
            return visible.Count == 0 ? null : (visible.Min(a => a.Columns), visible.Min(a => a.Rows));
        }
    }
}
