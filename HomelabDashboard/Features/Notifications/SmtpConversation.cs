using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HomelabDashboard.Features.Notifications;

/// <summary>What a mail server answers, by its code (RFC 5321, 4.2); its words are not kept, for they may repeat what is secret.</summary>
internal readonly record struct SmtpReply(int Code)
{
    public bool IsDone => Code is >= 200 and < 300;

    public bool IsTemporary => Code is >= 400 and < 500;

    /// <param name="what">What was refused.</param>
    public NotificationException Refusal(string what) =>
        new($"The mail server answered {Code} and does not take {what}.", IsTemporary || Code == 530 ? NotificationFault.Temporary : NotificationFault.Permanent);
}

/// <summary>One connection to a mail server: lines out, answers in, each bounded.</summary>
internal sealed class SmtpConversation(Socket socket) : IAsyncDisposable
{
    private const int LongestLine = 2_000;
    private const int MostLines = 100;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[LongestLine];
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _start;
    private int _end;

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>Goes on encrypted; only with a certificate that is trusted for this name.</summary>
    /// <param name="name">Of the server.</param>
    /// <param name="authority">Whom to trust; null: the system's authorities.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It has none.</exception>
    public async Task EncryptAsync(string name, X509Certificate2? authority, CancellationToken cancellationToken)
    {
        if (_start != _end)
        {
            throw new IOException("The server has said more than it was asked before the encryption.");
        }

        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        var options = new SslClientAuthenticationOptions { TargetHost = name };
        if (authority is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck };
        }

        await secure.AuthenticateAsClientAsync(options, cancellationToken);
    }

    /// <returns>What the server offers, with what belongs to it: <c>AUTH</c> and <c>PLAIN LOGIN</c>.</returns>
    public async Task<Dictionary<string, string>> GreetAsync(CancellationToken cancellationToken)
    {
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        await LineAsync(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"EHLO [IPv6:{new IPAddress(address.GetAddressBytes())}]" : $"EHLO [{address}]", cancellationToken);
        var lines = new List<string>();
        var reply = await ReadAsync(cancellationToken, lines);
        if (!reply.IsDone)
        {
            throw reply.Refusal("this machine");
        }

        var offers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parts in lines.Skip(1).Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries)))
        {
            offers[parts[0]] = parts.Length > 1 ? parts[1] : "";
        }

        return offers;
    }

    public async Task<SmtpReply> SayAsync(string line, CancellationToken cancellationToken)
    {
        await LineAsync(line, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Says a line that must be taken for the rest to make sense.</summary>
    /// <param name="what">What it is about, for a person.</param>
    public async Task DemandAsync(string line, string what, CancellationToken cancellationToken)
    {
        if (await SayAsync(line, cancellationToken) is { IsDone: false } reply)
        {
            throw reply.Refusal(what);
        }
    }

    public Task WriteAsync(string text, CancellationToken cancellationToken) => _stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();

    /// <summary>Takes leave; whether that is heard does not matter any more.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        soon.CancelAfter(Farewell);
        try
        {
            await SayAsync("QUIT", soon.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
        }
    }

    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="lines">Takes the words of each line, where they matter.</param>
    public async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken, List<string>? lines = null)
    {
        for (var count = 0; count < MostLines; count++)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !line[..3].All(char.IsAsciiDigit) || line[0] is < '2' or > '5' || (line.Length > 3 && line[3] is not (' ' or '-')))
            {
                throw new IOException("What answers is no mail server.");
            }

            lines?.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(int.Parse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture));
            }
        }

        throw new IOException("The answer has too many lines.");
    }

    private Task LineAsync(string line, CancellationToken cancellationToken) =>
        line.AsSpan().ContainsAny('\r', '\n') ? throw new ArgumentException("A line has no line breaks.", nameof(line)) : WriteAsync(line + "\r\n", cancellationToken);

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, length).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
            {
                throw new IOException("A line of the answer is too long.");
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The server has ended the connection.");
            }

            _end += read;
        }
    }
}
