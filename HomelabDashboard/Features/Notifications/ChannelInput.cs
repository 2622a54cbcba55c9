using System.Net.Mail;
using HomelabDashboard.Data;
using HomelabDashboard.Features.Alerts;

namespace HomelabDashboard.Features.Notifications;

/// <summary>A channel as pages and programs see it; see <see cref="NotificationChannel"/> for the fields.</summary>
/// <param name="HasSecret">Whether a secret is kept; it is never shown again.</param>
public sealed record ChannelRecord(
    int Id, string Name, ChannelKind Kind, ChannelSettings Settings, bool HasSecret, AlertLevel MinLevel, IReadOnlyList<string> Categories,
    string? QuietFrom, string? QuietUntil, string? Timezone, bool SendClosed, bool AllowPrivateHost, bool Enabled, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>What a channel is to be.</summary>
/// <param name="Secret">The token, password or secret address; null: as it was; empty: none.</param>
/// <param name="AllowPrivateHost">Null: as it was, for the same host.</param>
public sealed record ChannelInput(
    string Name, ChannelKind Kind, ChannelSettings? Settings = null, string? Secret = null, AlertLevel MinLevel = AlertLevel.Warning,
    IReadOnlyList<string>? Categories = null, string? QuietFrom = null, string? QuietUntil = null, string? Timezone = null, bool SendClosed = true,
    bool? AllowPrivateHost = null, bool Enabled = true)
{
    public const int MaxName = 100;
    public const int MaxSecret = 1_000;
    private const int MaxText = 300;
    private const int MostReceivers = 20;

    public static ChannelInput Of(ChannelRecord c) => new(
        c.Name, c.Kind, c.Settings, null, c.MinLevel, c.Categories, c.QuietFrom, c.QuietUntil, c.Timezone, c.SendClosed, null, c.Enabled);

    /// <summary>Whether the address itself is the secret.</summary>
    public static bool IsSecretAddress(ChannelKind kind) => kind is ChannelKind.Discord or ChannelKind.Slack or ChannelKind.Webhook;

    /// <param name="hasSecret">Whether the channel has one already.</param>
    /// <returns>Null when all is well.</returns>
    public Problem? Check(bool hasSecret)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Name is null || Name.Trim().Length is 0 or > MaxName || Name.Any(char.IsControl))
        {
            errors["name"] = [$"Give the channel a name of 1 to {MaxName} characters."];
        }

        var settings = Settings ?? new();
        if (Secret?.Length > MaxSecret || Secret?.Any(char.IsControl) is true)
        {
            errors["secret"] = [$"It has at most {MaxSecret} characters, on one line."];
        }
        else if (IsSecretAddress(Kind) && (string.IsNullOrEmpty(Secret) ? Secret is not null || !hasSecret : !IsAddress(Secret)))
        {
            errors["secret"] = ["Give the whole address, which starts with https:// or http://."];
        }
        else if (Kind == ChannelKind.Gotify && string.IsNullOrEmpty(Secret) && (Secret is not null || !hasSecret))
        {
            errors["secret"] = ["Give the token of a Gotify application."];
        }

        switch (Kind)
        {
            case ChannelKind.Ntfy or ChannelKind.Gotify or ChannelKind.Apprise when !IsAddress(settings.Url):
                errors["url"] = ["Give the server's address, which starts with https:// or http://."];
                break;
            case ChannelKind.Email:
                CheckMail(settings, errors);
                break;
        }

        if (Kind is ChannelKind.Ntfy or ChannelKind.Apprise && (settings.Topic is not { Length: >= 1 and <= 64 } topic || !topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            errors["topic"] = ["It has 1 to 64 letters, digits, hyphens and underscores."];
        }

        if (settings.Username?.Length > MaxText || settings.Username?.Any(char.IsControl) is true)
        {
            errors["username"] = [$"It has at most {MaxText} characters."];
        }

        if (MinLevel == AlertLevel.Success)
        {
            errors["min_level"] = ["It is one of info, warning, error, critical."];
        }

        if (Categories?.All(c => EnumWords<AlertCategory>.TryParse(c, out _)) is false)
        {
            errors["categories"] = [$"Each is one of {string.Join(", ", Enum.GetValues<AlertCategory>().Select(EnumWords<AlertCategory>.Of))}."];
        }

        QuietHours.Check(QuietFrom, QuietUntil, Timezone, errors);
        return errors.Count == 0 ? null : Problem.Invalid(errors);
    }

    private static void CheckMail(ChannelSettings settings, Dictionary<string, string[]> errors)
    {
        if (settings.Server is not { Length: >= 1 and <= 255 } server || Uri.CheckHostName(server) == UriHostNameType.Unknown)
        {
            errors["server"] = ["Give the name or address of the mail server."];
        }

        if (settings.Port is not (>= 1 and <= 65535))
        {
            errors["port"] = ["A port is a number from 1 to 65535, for mail mostly 465 with tls and 587 with starttls."];
        }

        if (settings.Security is not ("tls" or "starttls" or "none"))
        {
            errors["security"] = ["It is tls, starttls or none."];
        }

        if (!IsMail(settings.From))
        {
            errors["from"] = ["Give the sender's address."];
        }

        if (settings.To is not { Count: >= 1 and <= MostReceivers } to || !to.All(IsMail))
        {
            errors["to"] = [$"Give 1 to {MostReceivers} addresses, with commas between."];
        }
    }

    private static bool IsMail(string? text) => text is { Length: <= MaxText } && !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address) && address.Address == text;

    private static bool IsAddress(string? text) =>
        text is { Length: <= MaxSecret } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Host.Length > 0;
}
