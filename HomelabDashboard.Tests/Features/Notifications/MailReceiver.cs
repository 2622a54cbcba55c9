using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>A mail server on loopback that takes every mail, and can refuse senders.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public MailReceiver()
    {
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Each as it was sent: the envelope's lines, then the mail.</summary>
    public ConcurrentQueue<string> Mails { get; } = new();

    /// <summary>What the sender's line is answered with.</summary>
    public string SenderAnswer { get; set; } = "250 ok";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            await writer.WriteLineAsync("220 mail.test ESMTP");
            var mail = new StringBuilder();
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var word = line.Split(' ', ':')[0].ToUpperInvariant();
                if (word is "MAIL" or "RCPT" or "AUTH")
                {
                    mail.AppendLine(line);
                }

                await writer.WriteLineAsync(word switch
                {
                    "EHLO" => "250-mail.test\r\n250 AUTH LOGIN",
                    "AUTH" => "334 UGFzc3dvcmQ6",
                    "MAIL" => SenderAnswer,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    "RCPT" or "RSET" or "NOOP" or "HELO" => "250 ok",
                    _ => "235 signed in",
                });
                if (word == "DATA")
                {
                    while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                    {
                        mail.AppendLine(text);
                    }

                    Mails.Enqueue(mail.ToString());
                    mail.Clear();
                    await writer.WriteLineAsync("250 taken");
                }
                else if (word == "QUIT")
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
        }
    }
}
