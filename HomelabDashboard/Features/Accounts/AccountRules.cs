using System.Net.Mail;

namespace HomelabDashboard.Features.Accounts;

/// <summary>What a username, password and so on must be; messages by field, as the API names them.</summary>
public sealed class AccountRules
{
    private const int LongestUsername = 50;
    private const int ShortestPassword = 10;
    private const int LongestPassword = 200;

    private readonly Dictionary<string, string[]> _errors = [];

    public Problem? Problem => _errors.Count == 0 ? null : Problem.Invalid(_errors);

    public AccountRules Username(string? value) => Check(
        "username",
        value is { Length: > 0 and <= LongestUsername }
            && char.IsAsciiLetterOrDigit(value[0])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@'),
        $"A username has 1 to {LongestUsername} letters, digits, dots, dashes, underscores or @ signs, and begins with a letter or a digit.");

    public AccountRules Password(string? value, string? username, string field = "password")
    {
        Check(field, value is { Length: >= ShortestPassword and <= LongestPassword }, $"A password has {ShortestPassword} to {LongestPassword} characters.");
        return Check(field, value is null || !string.Equals(value, username, StringComparison.OrdinalIgnoreCase), "The password must not be the username.");
    }

    public AccountRules Email(string? value) => Check(
        "email",
        string.IsNullOrEmpty(value) || (value.Length <= 255 && !value.Any(char.IsControl) && MailAddress.TryCreate(value, out var address) && address.Address == value),
        "An email address looks like name@example.org.");

    public AccountRules DisplayName(string? value) => Check(
        "display_name",
        value is null || (value.Length <= 100 && !value.Any(char.IsControl)),
        "A display name has at most 100 characters, on one line.");

    public AccountRules Check(string field, bool right, string message)
    {
        if (!right)
        {
            _errors[field] = _errors.TryGetValue(field, out var before) ? [.. before, message] : [message];
        }

        return this;
    }
}
