using HomelabDashboard.Features.Alerts;
using HomelabDashboard.Features.Notifications;

namespace HomelabDashboard.Tests.Features.Notifications;

/// <summary>Mails to a real server on loopback, encrypted and not.</summary>
public sealed class MailTests
{
    [Theory]
    [InlineData("tls", "PLAIN LOGIN", "AUTH PLAIN AGFkYQBodW50ZXIy")]
    [InlineData("starttls", "LOGIN", "AUTH LOGIN")]
    public async Task Nothing_but_the_greeting_is_said_before_the_encryption(string security, string ways, string signIn)
    {
        await using var server = new MailReceiver(security == "tls" ? MailSecurity.Tls : MailSecurity.StartTls) { Offers = "AUTH " + ways };
        Assert.Null(await SendAsync(server, security));
        Assert.All(server.InTheClear, line => Assert.True(line == "STARTTLS" || line.StartsWith("EHLO [", StringComparison.Ordinal), line));
        Assert.StartsWith(signIn + Environment.NewLine + "MAIL FROM:<lab@example.org>", Assert.Single(server.Mails), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_certificate_that_is_not_trusted_is_refused(string security)
    {
        await using var server = new MailReceiver(security == "tls" ? MailSecurity.Tls : MailSecurity.StartTls);
        var fault = await Assert.ThrowsAsync<NotificationException>(() => SendAsync(server, security, trusted: false));
        Assert.Equal(NotificationFault.Temporary, fault.Fault);
        Assert.Contains("certificate is not one that this machine trusts", fault.Message, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
        Assert.DoesNotContain(server.InTheClear, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_encryption_gets_no_password()
    {
        await using var server = new MailReceiver();
        var fault = await Assert.ThrowsAsync<NotificationException>(() => SendAsync(server, "starttls"));
        Assert.Contains("offers no STARTTLS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.InTheClear, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Those_whom_the_server_does_not_take_are_named_and_the_others_have_it_once()
    {
        await using var server = new MailReceiver { ReceiverAnswer = line => line.Contains("ghost", StringComparison.Ordinal) ? "550 no such user" : "250 ok" };
        Assert.Equal("Refused: ghost@example.org (550)", await SendAsync(server, "none", to: ["ada@example.org", "ghost@example.org"]));
        Assert.Single(server.Mails);

        var fault = await Assert.ThrowsAsync<NotificationException>(() => SendAsync(server, "none", to: ["ghost@example.org"]));
        Assert.Equal((NotificationFault.Permanent, "The mail server answered 550 and does not take the receiver."), (fault.Fault, fault.Message));
        server.ReceiverAnswer = _ => "451 later";
        fault = await Assert.ThrowsAsync<NotificationException>(() => SendAsync(server, "none"));
        Assert.Equal(NotificationFault.Temporary, fault.Fault);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_mail_that_was_not_answered_is_unclear()
    {
        await using var server = new MailReceiver { HangsUp = true };
        var fault = await Assert.ThrowsAsync<NotificationException>(() => SendAsync(server, "none"));
        Assert.Equal(NotificationFault.Unclear, fault.Fault);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task What_a_mail_says_arrives_as_it_is()
    {
        await using var server = new MailReceiver();
        await SendAsync(server, "none", new NotificationMessage("5.7.homelab", "Plain\r\nBcc: eve@example.org", "One\n.\n..two\r\nlast", AlertLevel.Warning, []));
        Assert.True(server.Mails.TryDequeue(out var plain));
        Assert.Contains("Subject: Plain  Bcc: eve@example.org" + Environment.NewLine, plain, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <5.7.homelab@example.org>", plain, StringComparison.Ordinal);
        Assert.EndsWith(string.Join(Environment.NewLine, "", "One", "..", "...two", "last", ""), plain, StringComparison.Ordinal);

        var title = "Wärme: " + string.Concat(Enumerable.Repeat("🌡️ Käse ", 20));
        await SendAsync(server, "none", new NotificationMessage("6.7.homelab", title, "Über 80 °C\nin der Küche", AlertLevel.Warning, []));
        Assert.True(server.Mails.TryDequeue(out var rich));
        var lines = rich.Split(Environment.NewLine);
        var subject = lines.SkipWhile(l => !l.StartsWith("Subject: ", StringComparison.Ordinal)).TakeWhile((l, i) => i == 0 || l.StartsWith(' ')).Select(l => l.Replace("Subject:", "").Trim()).ToList();
        Assert.All(subject, word => Assert.InRange(word.Length, 12, 75));
        Assert.Equal(title, string.Concat(subject.Select(w => Text(w["=?utf-8?B?".Length..^2]))));
        Assert.Equal("Über 80 °C\r\nin der Küche", Text(string.Concat(lines.SkipWhile(l => l.Length > 0))));
    }

    private static string Text(string base64) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static async Task<string?> SendAsync(MailReceiver server, string security, NotificationMessage? message = null, bool trusted = true, string[]? to = null)
    {
        var sender = new SmtpSender(TimeProvider.System) { Authority = trusted ? server.Certificate : null };
        var settings = new ChannelSettings(Server: "localhost", Port: server.Port, Security: security, Username: "ada", From: "lab@example.org", To: to ?? ["grace@example.org"]);
        message ??= new NotificationMessage("1.2.homelab", "A title", "A text", AlertLevel.Warning, []);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await sender.SendAsync(new ChannelTarget(ChannelKind.Email, settings, "hunter2", true), message, limit.Token);
    }
}
