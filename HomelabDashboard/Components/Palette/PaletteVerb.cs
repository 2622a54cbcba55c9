namespace HomelabDashboard.Components.Palette;

/// <summary>What can be done with a kind of thing.</summary>
/// <param name="Word">Names it in the counts of use.</param>
/// <param name="Title">With the thing's name in place of <c>{0}</c>: <c>Restart {0}</c>.</param>
/// <param name="Words">By which it is found, in lower case.</param>
public sealed record PaletteVerb(string Word, string Title, string Icon, params string[] Words)
{
    /// <summary>To look at it, which needs no word.</summary>
    public bool IsUsual { get; init; }
}
