using System.Diagnostics.CodeAnalysis;
using HomelabDashboard.Data;

namespace HomelabDashboard.Features;

/// <summary>Reads a list's filter that is one of an enum's words.</summary>
internal static class WordFilter
{
    /// <param name="text">As it came; null where the list is not filtered by it.</param>
    /// <param name="field">The filter's name.</param>
    /// <param name="value">The value of the word; null for no filter.</param>
    /// <param name="problem">Names the words that there are.</param>
    public static bool TryRead<T>(string? text, string field, out T? value, [NotNullWhen(false)] out Problem? problem)
        where T : struct, Enum
    {
        (value, problem) = (null, null);
        if (text is null)
        {
            return true;
        }

        if (EnumWords<T>.TryParse(text, out var known))
        {
            value = known;
            return true;
        }

        problem = Problem.Invalid(field, $"{field} is one of {string.Join(", ", Enum.GetValues<T>().Select(EnumWords<T>.Of))}.");
        return false;
    }
}
