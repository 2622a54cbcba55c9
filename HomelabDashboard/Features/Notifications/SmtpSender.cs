using System.Net;
using System.Net.Mail;

namespace HomelabDashboard.Features.Notifications;

/// <summary>Sends a message as a mail. Singleton.</summary>
public sealed class SmtpSender
{
    /// <exception cref="NotificationException">It did not go.</exception>
    public async Task SendAsync(ChannelTarget target, NotificationMessage message, CancellationToken cancellationToken)
    {
        var settings = target.Settings;
        await GuardedConnect.ResolveAsync(settings.Server!, target.AllowPrivateHost, cancellationToken);
        using var client = new SmtpClient(settings.Server!, settings.Port!.Value)
        {
            EnableSsl = settings.Security == "starttls",
            UseDefaultCredentials = false,
            Credentials = target.Secret is { } password && settings.Username is { Length: > 0 } user ? new NetworkCredential(user, password) : null,
        };
        using var mail = new MailMessage { From = new MailAddress(settings.From!), Subject = string.Join(' ', message.Title.Split(['\r', '\n'])), Body = message.Text };
        foreach (var to in settings.To!)
        {
            mail.To.Add(new MailAddress(to));
        }

        try
        {
            await client.SendMailAsync(mail, cancellationToken);
        }
        catch (SmtpException fault)
        {
            var status = (int)fault.StatusCode;
            throw new NotificationException(
                fault.StatusCode == SmtpStatusCode.GeneralFailure
                    ? "The mail server does not answer, or no secure connection could be made."
                    : $"The mail server answered {status}.",
                mayRetry: status < 500);
        }
    }
}
