using System.Globalization;

namespace HomelabDashboard.Features;

/// <summary>How long something lasts, as the API takes it: a whole number and <c>m</c>, <c>h</c> or <c>d</c>, such as <c>90m</c>, <c>24h</c>, <c>7d</c>.</summary>
public static class Duration
{
    private const int MaxDigits = 6;

    /// <summary>False for anything else than that form, for zero, and for more than six digits.</summary>
    public static bool TryParse(string? text, out TimeSpan value)
    {
        value = default;
        if (text is not { Length: >= 2 and <= MaxDigits + 1 } || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        value = unit.GetValueOrDefault() * number;
        return unit is not null;
    }
}
