using System.Text.Json;

namespace HomelabDashboard.Data;

/// <summary>The snake_case words by which enum values are stored and sent: <c>KeyChanged</c> is <c>key_changed</c>.</summary>
public static class EnumWords<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Words =
        Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

    private static readonly Dictionary<string, T> Values = Words.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    public static string Of(T value) => Words[value];

    /// <exception cref="FormatException">The word is none of this enum's.</exception>
    public static T Parse(string word) =>
        Values.TryGetValue(word, out var value) ? value : throw new FormatException($"'{word}' is no {typeof(T).Name}.");

    public static bool TryParse(string? word, out T value) => Values.TryGetValue(word ?? "", out value);
}
