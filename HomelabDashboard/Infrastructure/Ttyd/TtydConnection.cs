using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using HomelabDashboard.Infrastructure.Processes;

namespace HomelabDashboard.Infrastructure.Ttyd;

/// <summary>
/// One ttyd with one program on its PTY, and the only WebSocket to it. ttyd and the program end with it, and with the dashboard.
/// Reading and writing may go on at the same time; there is one reader.
/// </summary>
public sealed class TtydConnection : IAsyncDisposable
{
    public const int MaxColumnsOrRows = 1000;

    /// <summary>Exit codes from here on are 128 and the number of the signal that ended the process.</summary>
    private const int FirstSignal = 129;

    private const byte Output = (byte)'0';
    private const byte Input = (byte)'0';
    private const byte Resize = (byte)'1';
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(2);

    // Runs the program, notes how it ended, and stays a moment longer: ttyd can lose what was written just before the end.
    private const string Runner = """trap : INT QUIT; noted=$1; shift; "$@"; code=$?; echo $code >"$noted"; sleep 0.1; exit $code""";

    private readonly Process _process;
    private readonly ProcessLedger _ledger;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly string _socketPath;
    private readonly string _exitPath;
    private readonly TaskCompletionSource _disposed = new();
    private bool _insideMessage;
    private bool _insideOutput;
    private int _disposing;

    private TtydConnection(Process process, ProcessIdentity identity, ProcessLedger ledger, string socketPath, string exitPath)
    {
        _process = process;
        Identity = identity;
        _ledger = ledger;
        _socketPath = socketPath;
        _exitPath = exitPath;
    }

    /// <summary>The process of ttyd.</summary>
    public ProcessIdentity Identity { get; }

    /// <exception cref="TtydException">It did not start, or not in time.</exception>
    public static async Task<TtydConnection> StartAsync(TtydLaunch launch, ProcessLedger ledger, CancellationToken cancellationToken)
    {
        var socketPath = Path.Combine(launch.RunFolder, launch.Name + ".sock");
        var exitPath = Path.Combine(launch.RunFolder, launch.Name + ".exit");
        var process = new Process { StartInfo = StartInfo(launch, socketPath, exitPath) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            process.Dispose();
            throw new TtydException($"ttyd could not be started: {missing.Message}", missing);
        }

        if (ProcessIdentity.Of(process.Id) is not { } identity)
        {
            process.Dispose();
            throw new TtydException("ttyd ended as soon as it was started.");
        }

        var connection = new TtydConnection(process, identity, ledger, socketPath, exitPath);
        try
        {
            ledger.Add(identity);
            // Nobody needs what it prints, but its pipe must not fill.
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            await connection.ConnectAsync(launch, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next output of the program, good until the next call; empty once there will be no more.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await _socket.ReceiveAsync(_received.AsMemory(), cancellationToken);
            }
            catch (Exception gone) when (gone is WebSocketException or ObjectDisposedException or InvalidOperationException)
            {
                return default;
            }

            if (received.MessageType == WebSocketMessageType.Close)
            {
                return default;
            }

            var start = 0;
            if (!_insideMessage && received.Count > 0)
            {
                _insideOutput = _received[0] == Output;
                start = 1;
            }

            _insideMessage = !received.EndOfMessage;
            if (_insideOutput && received.Count > start)
            {
                return _received.AsMemory(start, received.Count - start);
            }
        }
    }

    /// <summary>Types into the program. Nothing is sent for no bytes: an empty frame would crash ttyd.</summary>
    /// <exception cref="TtydException">It takes nothing any more.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> input) =>
        input.IsEmpty ? ValueTask.CompletedTask : SendAsync(Input, input);

    /// <summary>Changes the size of the PTY; each is taken into 1 to 1000.</summary>
    /// <exception cref="TtydException">It takes nothing any more.</exception>
    public ValueTask ResizeAsync(int columns, int rows) => SendAsync(Resize, Size(columns, rows));

    /// <summary>
    /// After the last output: the exit code of the program, or null when it did not end by itself. Waits a moment for ttyd to end.
    /// </summary>
    public async Task<int?> ExitCodeAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(ExitTimeout);
            if (_process.ExitCode >= FirstSignal)
            {
                // It was killed, and the program with it: whatever the program said of that is no end of its own.
                return null;
            }
        }
        catch (Exception failed) when (failed is TimeoutException or InvalidOperationException)
        {
            // It stays longer than it should, or was ended from our side meanwhile.
        }

        try
        {
            return int.TryParse(await File.ReadAllTextAsync(_exitPath), CultureInfo.InvariantCulture, out var code) ? code : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
        {
            await _disposed.Task;
            return;
        }

        try
        {
            // Killed rather than asked: ttyd holds nothing worth saving, and what it started goes with it whatever signals it ignores.
            Identity.Kill();
            _socket.Abort();
            _socket.Dispose();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(ExitTimeout);
                _ledger.Remove(Identity);
            }
            catch (TimeoutException)
            {
                // It stays in the ledger, for the next start to end.
            }

            _process.Dispose();
            File.Delete(_socketPath);
            File.Delete(_exitPath);
        }
        finally
        {
            _disposed.SetResult();
        }
    }

    private static ProcessStartInfo StartInfo(TtydLaunch launch, string socketPath, string exitPath)
    {
        var start = new ProcessStartInfo { FileName = launch.Ttyd, RedirectStandardError = true, WorkingDirectory = launch.RunFolder };
        if (SessionLeader is not null)
        {
            start.FileName = SessionLeader;
            start.ArgumentList.Add(launch.Ttyd);
        }

        foreach (var argument in (string[])[
            "--interface", socketPath,
            "--writable",
            "--once", // one client, and its going ends ttyd: nothing is left behind when the dashboard is killed
            "--ping-interval", "300", // not reading holds the program back, and pongs too; the default would cut us off after seconds
            "--srv-buf-size", "65536",
            "--terminal-type", "xterm-256color",
            "--cwd", "/",
            "--debug", "3",
            "/bin/sh", "-c", Runner, "sh", exitPath])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in launch.Command)
        {
            start.ArgumentList.Add(argument);
        }

        // The dashboard's own environment holds secrets; what runs here gets what a program needs and nothing else.
        var kept = (string[])["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ"];
        var environment = kept.Where(start.Environment.ContainsKey).ToDictionary(name => name, name => start.Environment[name]);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["TERM"] = "xterm-256color";
        return start;
    }

    /// <summary>In a session of its own, ttyd does not get the Ctrl-C that is meant for the dashboard.</summary>
    private static string? SessionLeader { get; } = File.Exists("/usr/bin/setsid") ? "/usr/bin/setsid" : null;

    private async Task ConnectAsync(TtydLaunch launch, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, cancel) => OpenAsync(cancel) };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        _socket.Options.AddSubProtocol("tty");
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        _socket.Options.HttpVersion = HttpVersion.Version11;
        try
        {
            await _socket.ConnectAsync(new Uri("ws://localhost/ws"), invoker, limit.Token);
            await _socket.SendAsync(Size(launch.Columns, launch.Rows), WebSocketMessageType.Binary, true, limit.Token);
        }
        catch (Exception failed) when (failed is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new TtydException(_process.HasExited ? "ttyd ended before it could be reached." : "ttyd did not answer in time.", failed);
        }
    }

    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        var end = new UnixDomainSocketEndPoint(_socketPath);
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(end, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception failed)
            {
                socket.Dispose();
                if (failed is not SocketException || _process.HasExited)
                {
                    throw;
                }
            }

            // It is not listening yet.
            await Task.Delay(TimeSpan.FromMilliseconds(2), cancellationToken);
        }
    }

    // Not to be cancelled by a caller: a cancelled send ends the whole WebSocket.
    private async ValueTask SendAsync(byte kind, ReadOnlyMemory<byte> content)
    {
        var message = ArrayPool<byte>.Shared.Rent(1 + content.Length);
        message[0] = kind;
        content.Span.CopyTo(message.AsSpan(1));
        await _sending.WaitAsync();
        try
        {
            using var limit = new CancellationTokenSource(SendTimeout);
            await _socket.SendAsync(message.AsMemory(0, 1 + content.Length), WebSocketMessageType.Binary, true, limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            throw new TtydException("The terminal takes no input any more.", gone);
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private static byte[] Size(int columns, int rows) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"columns":{{Math.Clamp(columns, 1, MaxColumnsOrRows)}},"rows":{{Math.Clamp(rows, 1, MaxColumnsOrRows)}}}"""));
}
