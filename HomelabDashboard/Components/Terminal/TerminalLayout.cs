using System.Collections.Immutable;
using System.Globalization;

namespace HomelabDashboard.Components.Terminal;

/// <summary>One terminal, or two parts beside or below each other.</summary>
public abstract record PaneNode
{
    public abstract IEnumerable<string> Sessions { get; }
}

/// <summary>A terminal.</summary>
public sealed record Pane(string Session) : PaneNode
{
    public override IEnumerable<string> Sessions => [Session];
}

/// <param name="Down">The second is below the first, rather than to its right.</param>
/// <param name="Share">Percent of the room that the first has.</param>
public sealed record PaneSplit(PaneNode First, PaneNode Second, bool Down, int Share = 50) : PaneNode
{
    public const int MinShare = 10;
    public const int MaxShare = 90;

    public override IEnumerable<string> Sessions => First.Sessions.Concat(Second.Sessions);
}

/// <summary>
/// Which terminals stand where: tabs, and in each one terminal or a tree of splits. As it stands in a URL: <c>a,(b-c~40),(d_(e-f))</c> is
/// three tabs; <c>-</c> puts the second to the right, <c>_</c> below, and <c>~40</c> gives the first 40 percent.
/// </summary>
public sealed record TerminalLayout
{
    public static readonly TerminalLayout Empty = new();

    /// <summary>As many as one person would look at; a URL that asks for more is refused.</summary>
    public const int MaxPanes = 16;

    private const int MaxLength = 1000;

    public ImmutableArray<PaneNode> Tabs { get; private init; } = [];

    /// <summary>The tab that is seen; 0 where there is none.</summary>
    public int Shown { get; private init; }

    public IEnumerable<string> Sessions => Tabs.SelectMany(t => t.Sessions);

    /// <summary>Anything that is not a layout is an empty one: it comes from a URL.</summary>
    /// <param name="shown">Counted from 0; anything out of range is the first.</param>
    public static TerminalLayout Parse(string? text, int shown)
    {
        if (text is not { Length: > 0 and <= MaxLength })
        {
            return Empty;
        }

        var tabs = ImmutableArray.CreateBuilder<PaneNode>();
        var at = 0;
        do
        {
            if (Node(text, ref at, 0) is not { } tab)
            {
                return Empty;
            }

            tabs.Add(tab);
        }
        while (Take(text, ref at, ','));

        var layout = Empty with { Tabs = tabs.ToImmutable() };
        var sessions = layout.Sessions.ToList();
        return at == text.Length && sessions.Count <= MaxPanes && sessions.Distinct(StringComparer.Ordinal).Count() == sessions.Count ? layout.Show(shown) : Empty;
    }

    public override string ToString() => string.Join(',', Tabs.Select(Text));

    public bool Contains(string session) => Sessions.Contains(session, StringComparer.Ordinal);

    public TerminalLayout Show(int tab) => this with { Shown = tab >= 0 && tab < Tabs.Length ? tab : 0 };

    /// <summary>Shows the tab that this terminal is in.</summary>
    public TerminalLayout Show(string session) => Show(TabOf(session));

    /// <summary>Which tab a terminal is in; -1 for none.</summary>
    public int TabOf(string session)
    {
        for (var tab = 0; tab < Tabs.Length; tab++)
        {
            if (Tabs[tab].Sessions.Contains(session, StringComparer.Ordinal))
            {
                return tab;
            }
        }

        return -1;
    }

    /// <summary>In a tab of its own, which is shown.</summary>
    public TerminalLayout Add(string session) => this with { Tabs = Tabs.Add(new Pane(session)), Shown = Tabs.Length };

    /// <summary>Beside or below one that is there.</summary>
    public TerminalLayout Split(string at, string session, bool down) =>
        Change(at, pane => new PaneSplit(pane, new Pane(session), down)).Show(at);

    public TerminalLayout Replace(string session, string by) => Change(session, _ => new Pane(by));

    /// <summary>Takes a terminal away; its neighbour gets the room.</summary>
    public TerminalLayout Remove(string session) => Keep(s => s != session);

    public TerminalLayout Keep(Func<string, bool> which)
    {
        var kept = Tabs.Select((tab, i) => (Node: Kept(tab, which), Was: i)).Where(t => t.Node is not null).ToList();
        var shown = kept.FindIndex(t => t.Was >= Shown);
        return this with { Tabs = [.. kept.Select(t => t.Node!)], Shown = Math.Max(0, shown < 0 ? kept.Count - 1 : shown) };
    }

    /// <param name="path">Of the split in its tab: 0 for each first and 1 for each second on the way down; empty for the uppermost.</param>
    /// <param name="share">Percent; taken into what a split may have.</param>
    public TerminalLayout Resize(int tab, string path, int share) =>
        tab >= 0 && tab < Tabs.Length ? this with { Tabs = Tabs.SetItem(tab, Resized(Tabs[tab], path, Math.Clamp(share, PaneSplit.MinShare, PaneSplit.MaxShare))) } : this;

    private static PaneNode Resized(PaneNode node, string path, int share) => (node, path) switch
    {
        (PaneSplit split, "") => split with { Share = share },
        (PaneSplit split, ['0', .. var rest]) => split with { First = Resized(split.First, rest, share) },
        (PaneSplit split, ['1', .. var rest]) => split with { Second = Resized(split.Second, rest, share) },
        _ => node,
    };

    private static PaneNode? Kept(PaneNode node, Func<string, bool> which)
    {
        if (node is not PaneSplit split)
        {
            return node is Pane pane && which(pane.Session) ? node : null;
        }

        return (Kept(split.First, which), Kept(split.Second, which)) switch
        {
            ({ } first, { } second) => split with { First = first, Second = second },
            var (first, second) => first ?? second,
        };
    }

    private TerminalLayout Change(string session, Func<Pane, PaneNode> to)
    {
        return this with { Tabs = [.. Tabs.Select(Of)] };

        PaneNode Of(PaneNode node) => node switch
        {
            Pane pane when pane.Session == session => to(pane),
            PaneSplit split => split with { First = Of(split.First), Second = Of(split.Second) },
            _ => node,
        };
    }

    private static string Text(PaneNode node) => node is PaneSplit split
        ? $"({Text(split.First)}{(split.Down ? '_' : '-')}{Text(split.Second)}{(split.Share == 50 ? "" : "~" + split.Share.ToString(CultureInfo.InvariantCulture))})"
        : ((Pane)node).Session;

    private static PaneNode? Node(string text, ref int at, int depth)
    {
        if (!Take(text, ref at, '('))
        {
            var start = at;
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
            {
                at++;
            }

            return at - start is > 0 and <= 50 ? new Pane(text[start..at]) : null;
        }

        if (depth == MaxPanes || Node(text, ref at, depth + 1) is not { } first)
        {
            return null;
        }

        var down = Take(text, ref at, '_');
        if ((!down && !Take(text, ref at, '-')) || Node(text, ref at, depth + 1) is not { } second)
        {
            return null;
        }

        var share = 50;
        if (Take(text, ref at, '~'))
        {
            if (at + 2 > text.Length || !int.TryParse(text.AsSpan(at, 2), NumberStyles.None, CultureInfo.InvariantCulture, out share) || share is < PaneSplit.MinShare or > PaneSplit.MaxShare)
            {
                return null;
            }

            at += 2;
        }

        return Take(text, ref at, ')') ? new PaneSplit(first, second, down, share) : null;
    }

    private static bool Take(string text, ref int at, char wanted)
    {
        var there = at < text.Length && text[at] == wanted;
        at += there ? 1 : 0;
        return there;
    }

    public bool Equals(TerminalLayout? other) => other is not null && Shown == other.Shown && Tabs.SequenceEqual(other.Tabs);

    public override int GetHashCode() => HashCode.Combine(Shown, Tabs.Length);
}
