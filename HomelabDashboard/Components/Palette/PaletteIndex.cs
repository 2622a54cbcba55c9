namespace HomelabDashboard.Components.Palette;

/// <summary>Everything that the palette finds, prepared once for many searches. Each word that is typed must mean the thing or what to do with it.</summary>
public sealed class PaletteIndex
{
    private const int MostTerms = 6;

    /// <summary>People write "open terminal on nas".</summary>
    private static readonly HashSet<string> Fillers = new(["on", "in", "of", "the", "a", "at", "to", "for"], StringComparer.OrdinalIgnoreCase);

    private readonly List<(PaletteItem Item, PaletteWord[] Names, PaletteWord[] Details, int[] Verbs)> _items;
    private readonly PaletteWord[][] _verbs;

    public PaletteIndex(IEnumerable<PaletteItem> items)
    {
        var verbs = new Dictionary<PaletteVerb, int>(ReferenceEqualityComparer.Instance);
        int IndexOf(PaletteVerb verb)
        {
            verbs.TryAdd(verb, verbs.Count);
            return verbs[verb];
        }

        _items = [.. items.Select(i => (i, PaletteWord.Of(i.Name), PaletteWord.Of(i.Detail), i.Verbs.Select(IndexOf).ToArray()))];
        _verbs = [.. verbs.OrderBy(v => v.Value).Select(v => v.Key.Words.Select(w => new PaletteWord(w)).ToArray())];
    }

    /// <param name="text">As it was typed; empty: what is used most.</param>
    /// <param name="uses">Times by <see cref="PaletteHit.Key"/>.</param>
    /// <param name="most">At most this many.</param>
    /// <returns>The best first.</returns>
    public IReadOnlyList<PaletteHit> Find(string text, IReadOnlyDictionary<string, int> uses, int most)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var plain = words.Where(w => !Fillers.Contains(w)).ToArray();
        PaletteWord[] terms = [.. (plain.Length > 0 ? plain : words).Take(MostTerms).Select(w => new PaletteWord(w))];
        var verbScores = new int[_verbs.Length, Math.Max(1, terms.Length)];
        for (var v = 0; v < _verbs.Length; v++)
        {
            for (var t = 0; t < terms.Length; t++)
            {
                verbScores[v, t] = Best(_verbs[v], terms[t]);
            }
        }

        var found = new List<(int Score, PaletteHit Hit)>();
        Span<int> scores = stackalloc int[MostTerms];
        foreach (var (item, names, details, verbs) in _items)
        {
            for (var t = 0; t < terms.Length; t++)
            {
                scores[t] = Math.Max(Best(names, terms[t]), Best(details, terms[t]) * 3 / 5);
            }

            for (var v = 0; v < verbs.Length; v++)
            {
                var verb = item.Verbs[v];
                if (Score(scores[..terms.Length], verbScores, verbs[v], verb.IsUsual) is > 0 and var score)
                {
                    var hit = new PaletteHit(item, verb);
                    var times = uses.GetValueOrDefault(hit.Key);
                    var used = terms.Length == 0 ? 1_000 * times : 3 * Math.Min(times, 10);
                    found.Add((score + used - item.Rank + (verb.IsUsual ? 4 : 0), hit));
                }
            }
        }

        return [.. found.OrderByDescending(f => f.Score).ThenBy(f => f.Hit.Item.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(f => f.Hit.Verb.Word, StringComparer.Ordinal).Take(most).Select(f => f.Hit)];
    }

    private static int Score(ReadOnlySpan<int> scores, int[,] verbScores, int verb, bool isUsual)
    {
        if (scores.Length == 0)
        {
            return isUsual ? 100 : 50;
        }

        var sum = 0;
        var asked = isUsual;
        for (var t = 0; t < scores.Length; t++)
        {
            var (thing, doing) = (scores[t], verbScores[verb, t]);
            if (Math.Max(thing, doing) == 0)
            {
                return 0;
            }

            asked |= doing > 0 && doing >= thing;
            sum += Math.Max(thing, doing);
        }

        return asked ? sum / scores.Length : 0;
    }

    private static int Best(PaletteWord[] words, in PaletteWord term)
    {
        var best = 0;
        foreach (var word in words)
        {
            best = Math.Max(best, word.Score(term));
        }

        return best;
    }
}
