namespace HomelabDashboard.Components.Pages.Automation;

/// <summary>The longest common lines of two texts, and what is between them.</summary>
internal static class LineDiff
{
    /// <summary>Beyond so many cells the middle is told as taken away and put there anew, which is always true.</summary>
    private const long MostCells = 4_000_000;

    /// <returns>Lines with <c>-</c> for those of the first text alone, <c>+</c> for those of the second alone, and a space for both.</returns>
    public static List<(char Kind, string Line)> Of(string[] before, string[] after)
    {
        var head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        List<(char, string)> lines = [.. before[..head].Select(l => (' ', l))];
        lines.AddRange(Middle(before[head..(before.Length - tail)], after[head..(after.Length - tail)]));
        lines.AddRange(before[(before.Length - tail)..].Select(l => (' ', l)));
        return lines;
    }

    private static List<(char Kind, string Line)> Middle(string[] before, string[] after)
    {
        if ((long)before.Length * after.Length > MostCells)
        {
            return [.. before.Select(l => ('-', l)), .. after.Select(l => ('+', l))];
        }

        var common = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<(char, string)>();
        var (b, a) = (0, 0);
        while (b < before.Length || a < after.Length)
        {
            if (b < before.Length && a < after.Length && before[b] == after[a])
            {
                lines.Add((' ', before[b++]));
                a++;
            }
            else if (b < before.Length && (a == after.Length || common[b + 1, a] >= common[b, a + 1]))
            {
                lines.Add(('-', before[b++]));
            }
            else
            {
                lines.Add(('+', after[a++]));
            }
        }

        return lines;
    }
}
