namespace HomelabDashboard.Components.Palette;

/// <summary>Something that the palette finds.</summary>
/// <param name="Key">Names it in the counts of use: <c>host:abc</c>.</param>
/// <param name="Detail">What it is or where: <c>container on nas</c>.</param>
/// <param name="Thing">What the verbs work on.</param>
/// <param name="Rank">Of kinds that match equally well the lower one comes first.</param>
public sealed record PaletteItem(string Key, string Name, string Detail, object Thing, IReadOnlyList<PaletteVerb> Verbs, int Rank);

/// <summary>A thing and what to do with it.</summary>
public readonly record struct PaletteHit(PaletteItem Item, PaletteVerb Verb)
{
    public string Key => $"{Item.Key} {Verb.Word}";

    public string Title => string.Format(System.Globalization.CultureInfo.InvariantCulture, Verb.Title, Item.Name);
}
