using System.Globalization;

namespace HomelabDashboard.Components.Terminal;

/// <summary>Where a terminal of a tab stands, as a style.</summary>
public readonly record struct PanePlace(string Session, string Style);

/// <summary>A split of a tab: the room that its two parts share, and the variable that holds the first one's share of it.</summary>
/// <param name="Path">As <see cref="TerminalLayout.Resize"/> takes it.</param>
public readonly record struct SplitPlace(string Path, string Style, string Variable, bool Down, int Share);

/// <summary>
/// The places of a tab's terminals as styles of siblings, so that no terminal is drawn anew when another comes or goes. The shares are
/// variables of CSS: a divider moves all that hangs on it by setting one.
/// </summary>
public sealed class PanePlaces
{
    private readonly List<PanePlace> _panes = [];
    private readonly List<SplitPlace> _splits = [];
    private readonly int _tab;

    public PanePlaces(PaneNode node, int tab)
    {
        _tab = tab;
        Add(node, "", new Room("0", "0", "1", "1"));
    }

    public IReadOnlyList<PanePlace> Panes => _panes;

    public IReadOnlyList<SplitPlace> Splits => _splits;

    /// <summary>The shares, as a style of what holds them all.</summary>
    public string Variables => string.Concat(_splits.Select(s => $"{s.Variable}:{(s.Share / 100.0).ToString("0.##", CultureInfo.InvariantCulture)};"));

    private void Add(PaneNode node, string path, Room room)
    {
        if (node is not PaneSplit split)
        {
            _panes.Add(new(((Pane)node).Session, room.Style));
            return;
        }

        var variable = string.Create(CultureInfo.InvariantCulture, $"--split-{_tab}-{path}");
        _splits.Add(new(path, room.Style, variable, split.Down, split.Share));
        var (first, second) = room.Divide($"var({variable})", split.Down);
        Add(split.First, path + "0", first);
        Add(split.Second, path + "1", second);
    }

    /// <summary>Parts of the whole, as CSS writes sums.</summary>
    private readonly record struct Room(string Left, string Top, string Width, string Height)
    {
        public string Style => $"left:calc(100% * ({Left}));top:calc(100% * ({Top}));width:calc(100% * ({Width}));height:calc(100% * ({Height}))";

        public (Room First, Room Second) Divide(string share, bool down) => down
            ? (this with { Height = $"{Height} * {share}" }, this with { Top = $"{Top} + {Height} * {share}", Height = $"{Height} * (1 - {share})" })
            : (this with { Width = $"{Width} * {share}" }, this with { Left = $"{Left} + {Width} * {share}", Width = $"{Width} * (1 - {share})" });
    }
}
