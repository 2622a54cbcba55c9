using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Features.Notifications;

/// <summary>Sends a message as a mail: one connection and one transaction, whose answer is kept for each receiver. Singleton.</summary>
public sealed class SmtpSender(TimeProvider time)
{
    /// <summary>Whose certificates are trusted instead of those of the system's authorities; null: the system's.</summary>
    internal X509Certificate2? Authority { get; init; }

    /// <returns>Whom it did not reach; null where it reached all.</returns>
    /// <exception cref="NotificationException">It reached nobody, or not all of them yet, or it is not known whether it did.</exception>
    public async Task<string?> SendAsync(ChannelTarget target, NotificationMessage message, CancellationToken cancellationToken)
    {
        var settings = target.Settings;
        var (from, to) = (MailAddressText.Of(settings.From!), settings.To!.DistinctBy(MailAddressText.Of, StringComparer.OrdinalIgnoreCase).ToList());
        var mail = MailText.Write(from, [.. to.Select(MailAddressText.Of)], message, time.GetUtcNow());
        var isOut = false;
        try
        {
            await using var talk = await OpenAsync(target, cancellationToken);
            await talk.DemandAsync($"MAIL FROM:<{from}>", "the sender", cancellationToken);
            var refused = new List<(string To, SmtpReply Reply)>();
            foreach (var receiver in to)
            {
                var reply = await talk.SayAsync($"RCPT TO:<{MailAddressText.Of(receiver)}>", cancellationToken);
                if (reply.Code is not (250 or 251))
                {
                    refused.Add((receiver, reply));
                }
            }

            if (refused.Count == to.Count)
            {
                // One that would be taken later is waited for; nobody has it yet.
                var (_, reply) = refused.FirstOrDefault(r => r.Reply.IsTemporary, refused[0]);
                throw reply.Refusal(to.Count == 1 ? "the receiver" : "all receivers");
            }

            if (await talk.SayAsync("DATA", cancellationToken) is { Code: not 354 } no)
            {
                throw no.Refusal("the mail");
            }

            await talk.WriteAsync(mail, cancellationToken);
            isOut = true;
            if (await talk.SayAsync(".", cancellationToken) is { IsDone: false } answer)
            {
                throw answer.Refusal("the mail");
            }

            await talk.LeaveAsync(cancellationToken);
            var missed = refused.Count == 0 ? null : "Refused: " + string.Join(", ", refused.Select(r => $"{r.To} ({r.Reply.Code})"));

            // With one that may take it later, all are asked again, so that what is told in the end is true of all.
            return refused.Any(r => r.Reply.IsTemporary) ? throw new NotificationException(missed!, NotificationFault.Temporary) { Left = [.. refused.Select(r => r.To)] } : missed;
        }
        catch (GuardedConnectException fault)
        {
            throw new NotificationException(fault.Message, NotificationFault.Temporary);
        }
        catch (AuthenticationException)
        {
            throw new NotificationException("No secure connection could be made: the mail server's certificate is not one that this machine trusts for its name.", NotificationFault.Temporary);
        }
        catch (Exception fault) when (isOut && fault is IOException or OperationCanceledException)
        {
            throw new NotificationException("The mail went out, but no answer came to say that it was taken. It is not sent again.", NotificationFault.Unclear);
        }
        catch (IOException)
        {
            throw new NotificationException("The connection to the mail server broke. Check the port, and whether it wants TLS from the start or STARTTLS.", NotificationFault.Temporary);
        }
    }

    /// <summary>A conversation that is encrypted and signed in as the channel says.</summary>
    private async Task<SmtpConversation> OpenAsync(ChannelTarget target, CancellationToken cancellationToken)
    {
        var settings = target.Settings;
        var socket = await GuardedConnect.ConnectAsync(settings.Server!, settings.Port!.Value, target.AllowPrivateHost, time, cancellationToken);
        var talk = new SmtpConversation(socket);
        try
        {
            if (settings.Security == "tls")
            {
                await talk.EncryptAsync(settings.Server!, Authority, cancellationToken);
            }

            if (await talk.ReadAsync(cancellationToken) is { IsDone: false } hello)
            {
                throw hello.Refusal("this machine");
            }

            var offers = await talk.GreetAsync(cancellationToken);
            if (settings.Security == "starttls")
            {
                if (!offers.ContainsKey("STARTTLS"))
                {
                    throw new NotificationException("The mail server offers no STARTTLS here, and nothing is sent in the clear. Try TLS from the start, mostly port 465.", NotificationFault.Temporary);
                }

                await talk.DemandAsync("STARTTLS", "encryption", cancellationToken);
                await talk.EncryptAsync(settings.Server!, Authority, cancellationToken);
                offers = await talk.GreetAsync(cancellationToken);
            }

            if (target.Secret is { } password && settings.Username is { Length: > 0 } user)
            {
                await SignInAsync(talk, offers.GetValueOrDefault("AUTH", ""), user, password, cancellationToken);
            }

            return talk;
        }
        catch
        {
            await talk.DisposeAsync();
            throw;
        }
    }

    private static async Task SignInAsync(SmtpConversation talk, string ways, string user, string password, CancellationToken cancellationToken)
    {
        var known = ways.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SmtpReply reply;
        if (known.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await talk.SayAsync("AUTH PLAIN " + Base64($"\0{user}\0{password}"), cancellationToken);
        }
        else if (known.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            reply = await talk.SayAsync("AUTH LOGIN", cancellationToken);
            reply = reply.Code == 334 ? await talk.SayAsync(Base64(user), cancellationToken) : reply;
            reply = reply.Code == 334 ? await talk.SayAsync(Base64(password), cancellationToken) : reply;
        }
        else
        {
            throw new NotificationException("The mail server takes no password on this connection. Leave the username empty, or try another port or encryption.", NotificationFault.Temporary);
        }

        if (reply.Code != 235)
        {
            throw new NotificationException($"The mail server answered {reply.Code}: it does not take the username or password.", NotificationFault.Temporary);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
