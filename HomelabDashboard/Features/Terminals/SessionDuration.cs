using System.Diagnostics.CodeAnalysis;

namespace HomelabDashboard.Features.Terminals;

/// <summary>How long a session may live, as people write it: a whole number and <c>m</c>, <c>h</c> or <c>d</c> (<c>90m</c>, <c>24h</c>, <c>7d</c>).</summary>
public static class SessionDuration
{
    public static readonly TimeSpan Minimum = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Maximum = TimeSpan.FromDays(30);

    private const int MaxDigits = 5;

    /// <returns>False, with what is wrong in words, for anything else than 1 minute to 30 days in that form.</returns>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? wrong)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is < 1 or > MaxDigits || digits != text.Length - 1 || Unit(text[^1]) is not { } unit)
        {
            wrong = "Write a duration as a whole number and m, h or d, such as 90m, 24h or 7d.";
            return false;
        }

        duration = unit * int.Parse(text.AsSpan(0, digits));
        wrong = duration < Minimum || duration > Maximum ? "A session may live from 1 minute to 30 days." : null;
        return wrong is null;
    }

    private static TimeSpan? Unit(char unit) => unit switch
    {
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
