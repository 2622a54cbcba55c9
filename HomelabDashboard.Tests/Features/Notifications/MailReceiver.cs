using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>A mail server on loopback that takes every mail, and can refuse senders and receivers. Its certificate is its own, for localhost.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly MailSecurity _security;
    private readonly Task _loop;

    public MailReceiver(MailSecurity security = MailSecurity.None)
    {
        _security = security;
        Certificate = NewCertificate();
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public X509Certificate2 Certificate { get; }

    /// <summary>Each as it was sent: the envelope's lines, then the mail with its doubled dots.</summary>
    public ConcurrentQueue<string> Mails { get; } = new();

    /// <summary>All that was said before any encryption.</summary>
    public ConcurrentQueue<string> InTheClear { get; } = new();

    /// <summary>What the sender's line is answered with.</summary>
    public string SenderAnswer { get; set; } = "250 ok";

    /// <summary>What a receiver's line is answered with.</summary>
    public Func<string, string> ReceiverAnswer { get; set; } = _ => "250 ok";

    /// <summary>What the greeting offers, besides STARTTLS where it may be.</summary>
    public string Offers { get; set; } = "AUTH LOGIN PLAIN";

    /// <summary>It hangs up when it has the whole mail, and says nothing.</summary>
    public bool HangsUp { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
        Certificate.Dispose();
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                try
                {
                    await TalkAsync(client.GetStream());
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var isSecure = _security == MailSecurity.Tls;
        stream = isSecure ? await SecureAsync(stream) : stream;
        await SayAsync(stream, "220 mail.test ESMTP");
        var mail = new StringBuilder();
        var left = 0;
        while (await ReadAsync(stream) is { } line)
        {
            if (!isSecure)
            {
                InTheClear.Enqueue(line);
            }

            var word = line.Split(' ', ':')[0].ToUpperInvariant();
            if (left > 0)
            {
                await SayAsync(stream, --left > 0 ? "334 UGFzc3dvcmQ6" : "235 signed in");
                continue;
            }

            if (word is "MAIL" or "RCPT" or "AUTH")
            {
                mail.AppendLine(line);
            }

            left = line == "AUTH LOGIN" ? 2 : 0;
            await SayAsync(stream, word switch
            {
                "EHLO" => "250-mail.test" + (_security == MailSecurity.StartTls && !isSecure ? "\r\n250-STARTTLS" : "") + $"\r\n250 {Offers}",
                "AUTH" => left > 0 ? "334 VXNlcm5hbWU6" : "235 signed in",
                "MAIL" => SenderAnswer,
                "RCPT" => ReceiverAnswer(line),
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                "STARTTLS" => "220 go on",
                _ => "250 ok",
            });
            switch (word)
            {
                case "DATA":
                    while (await ReadAsync(stream) is { } text && text != ".")
                    {
                        mail.AppendLine(text);
                    }

                    Mails.Enqueue(mail.ToString());
                    mail.Clear();
                    if (HangsUp)
                    {
                        return;
                    }

                    await SayAsync(stream, "250 taken");
                    break;
                case "STARTTLS":
                    stream = await SecureAsync(stream);
                    isSecure = true;
                    break;
                case "QUIT":
                    return;
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        return secure;
    }

    private Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), _stop.Token).AsTask();

    /// <summary>Byte by byte, so that nothing is taken that comes encrypted after it.</summary>
    private async Task<string?> ReadAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}

internal enum MailSecurity
{
    None,
    StartTls,
    Tls,
}
