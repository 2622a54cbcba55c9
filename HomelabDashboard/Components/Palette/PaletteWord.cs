using System.Numerics;

namespace HomelabDashboard.Components.Palette;

/// <summary>A word that things are found by, prepared for many comparisons.</summary>
public readonly struct PaletteWord
{
    private const int Longest = 40;
    private readonly ulong _letters;

    public PaletteWord(string text)
    {
        Text = (text.Length <= Longest ? text : text[..Longest]).ToLowerInvariant();
        foreach (var c in Text)
        {
            _letters |= 1UL << (c % 64);
        }
    }

    public string Text { get; }

    /// <summary>The words of a name, and the name as a whole.</summary>
    public static PaletteWord[] Of(string text)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || !char.IsLetterOrDigit(text[i]))
            {
                if (i > start)
                {
                    parts.Add(text[start..i]);
                }

                start = i + 1;
            }
        }

        if (parts.Count != 1 || parts[0] != text)
        {
            parts.Add(text);
        }

        return [.. parts.Where(p => p.Length > 0).Select(p => new PaletteWord(p))];
    }

    /// <summary>How well what somebody typed means this word: 100 for the same, 0 for not at all. One slip in four letters is forgiven, two in eight.</summary>
    public int Score(in PaletteWord typed)
    {
        var (word, text) = (Text, typed.Text);
        var missing = BitOperations.PopCount(typed._letters & ~_letters);
        if (missing == 0)
        {
            if (word.StartsWith(text, StringComparison.Ordinal))
            {
                return word.Length == text.Length ? 100 : 70 + (20 * text.Length / word.Length);
            }

            if (text.Length >= 2 && word.Contains(text, StringComparison.Ordinal))
            {
                return 50;
            }
        }

        var slips = text.Length switch { >= 8 => 2, >= 4 => 1, _ => 0 };
        if (missing <= slips && slips > 0 && word.Length >= text.Length - slips)
        {
            var distance = Distance(text, word, slips);
            if (distance <= slips)
            {
                return 45 - (10 * distance);
            }
        }

        return missing == 0 && text.Length >= 3 && word[0] == text[0] && IsWithin(text, word) ? 20 : 0;
    }

    /// <summary>The letters in their order, with others between.</summary>
    private static bool IsWithin(string text, string word)
    {
        var at = 0;
        foreach (var c in word)
        {
            if (at < text.Length && c == text[at])
            {
                at++;
            }
        }

        return at == text.Length;
    }

    /// <summary>Letters added, left out, replaced or swapped until the text is the beginning of the word; more than <paramref name="most"/> is not counted.</summary>
    private static int Distance(string text, string word, int most)
    {
        var length = Math.Min(word.Length, text.Length + most);
        Span<int> twoBack = stackalloc int[Longest + 1];
        Span<int> back = stackalloc int[Longest + 1];
        Span<int> row = stackalloc int[Longest + 1];
        for (var j = 0; j <= length; j++)
        {
            back[j] = j;
        }

        for (var i = 1; i <= text.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= length; j++)
            {
                var cost = text[i - 1] == word[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(back[j] + 1, row[j - 1] + 1), back[j - 1] + cost);
                if (i > 1 && j > 1 && text[i - 1] == word[j - 2] && text[i - 2] == word[j - 1])
                {
                    value = Math.Min(value, twoBack[j - 2] + 1);
                }

                row[j] = value;
                least = Math.Min(least, value);
            }

            if (least > most)
            {
                return most + 1;
            }

            var spare = twoBack;
            twoBack = back;
            back = row;
            row = spare;
        }

        var best = most + 1;
        for (var j = Math.Max(0, text.Length - most); j <= length; j++)
        {
            best = Math.Min(best, back[j]);
        }

        return best;
    }
}
