namespace HomelabDashboard.Features.Hosts.Import;

/// <summary>A name in a Host line, with <c>*</c> and <c>?</c> for any text and any letter.</summary>
/// <param name="Negated">Names that it matches are not meant.</param>
internal readonly record struct SshConfigPattern(string Text, bool Negated)
{
    /// <summary>Whether a pattern of <c>*</c> and <c>?</c> is the whole of a text; never slower than the product of their lengths.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        int p = 0, t = 0, star = -1, from = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                from = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++from;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}

/// <summary>A Host or Match line, within the one whose Include led to its file.</summary>
internal sealed class SshConfigCondition(SshConfigCondition? outer, IReadOnlyList<SshConfigPattern> patterns)
{
    public bool Holds(string name, Dictionary<SshConfigCondition, bool> verdicts)
    {
        if (!verdicts.TryGetValue(this, out var holds))
        {
            verdicts[this] = holds = (outer is null || outer.Holds(name, verdicts)) && Matches(name);
        }

        return holds;
    }

    private bool Matches(string name)
    {
        var any = false;
        foreach (var (text, negated) in patterns)
        {
            if ((negated || !any) && SshConfigPattern.IsMatch(text, name))
            {
                if (negated)
                {
                    return false;
                }

                any = true;
            }
        }

        return any;
    }
}
