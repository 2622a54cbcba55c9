using System.Buffers;
using System.Text;

namespace HomelabDashboard.Features.Docker;

/// <summary>Makes a container's line fit to be shown: it can hold anything, such as sequences that clear a screen or turn text around.</summary>
public static class LogText
{
    private const char Escape = '\u001b';
    private const int LongestColour = 40;

    private static readonly SearchValues<char> ColourParts = SearchValues.Create("0123456789;:");

    /// <summary>Without any control character but tabs.</summary>
    public static string Plain(string text) => Clean(text, colours: false);

    /// <summary>The same, with the sequences that colour text (<c>ESC [ … m</c>), which are ended at the line's end.</summary>
    public static string Coloured(string text)
    {
        var clean = Clean(text, colours: true);
        return clean.Contains(Escape, StringComparison.Ordinal) ? clean + "\u001b[0m" : clean;
    }

    private static string Clean(string text, bool colours)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.Any(IsUnfit))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == Escape)
            {
                var end = EndOf(text, i);
                if (colours && IsColour(text.AsSpan(i, end - i)))
                {
                    clean.Append(text, i, end - i);
                }

                i = end - 1;
            }
            else if (text[i] == '\t' || !IsUnfit(text[i]))
            {
                clean.Append(text[i]);
            }
        }

        return clean.ToString();
    }

    /// <summary>Control characters, and those that change the direction of what follows.</summary>
    private static bool IsUnfit(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f';

    /// <summary>The place after the escape sequence that begins at <paramref name="start"/>.</summary>
    private static int EndOf(string text, int start)
    {
        var i = start + 1;
        if (i >= text.Length)
        {
            return i;
        }

        switch (text[i++])
        {
            case '[':
                while (i < text.Length && text[i] is >= ' ' and <= '?')
                {
                    i++;
                }

                return i < text.Length && text[i] is >= '@' and <= '~' ? i + 1 : i;
            case ']' or 'P' or 'X' or '^' or '_':
                while (i < text.Length && text[i] != '\u0007' && text[i] != '\u009c')
                {
                    if (text[i] == Escape)
                    {
                        return i + 1 < text.Length && text[i + 1] == '\\' ? i + 2 : i;
                    }

                    i++;
                }

                return Math.Min(i + 1, text.Length);
            case >= ' ' and <= '/':
                return Math.Min(i + 1, text.Length);
            default:
                return i;
        }
    }

    private static bool IsColour(ReadOnlySpan<char> sequence) =>
        sequence.Length is > 2 and <= LongestColour && sequence[1] == '[' && sequence[^1] == 'm' && !sequence[2..^1].ContainsAnyExcept(ColourParts);
}
