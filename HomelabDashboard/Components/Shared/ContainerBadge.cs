using System.Globalization;
using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Components.Shared;

/// <summary>The small square that a container or a group is known by.</summary>
/// <param name="IconKey">An icon that is there; null: the letter stands in its place.</param>
/// <param name="Background"><c>#rrggbb</c>, as is <paramref name="Foreground"/>.</param>
public sealed record ContainerBadge(string? IconKey, string Background, string Foreground, string Letter)
{
    private const string Light = "#ffffff";
    private const string Dark = "#10151c";

    /// <summary>White can be read on each of them.</summary>
    private static readonly string[] Backgrounds = ["#7a4fc0", "#24708f", "#8a5f0f", "#2f7d4f", "#3b5fa8", "#ad3b3b", "#55616f", "#a3481a"];

    /// <param name="look">What the person chose; null: nothing.</param>
    public static ContainerBadge Of(ContainerSummary container, CustomizationRecord? look, ServiceIcons icons) =>
        Of(container.Name, icons.Find(look?.IconKey) ?? icons.Guess(container), look?.BgColor, look?.IconColor);

    public static ContainerBadge Of(FavoriteGroupRecord group, ServiceIcons icons) => Of(group.Name, icons.Find(group.IconKey), group.Color, null);

    public static ContainerBadge Of(string name, ServiceIcon? icon, string? background, string? foreground)
    {
        var behind = background ?? icon?.Color ?? Backgrounds[Hash(name) % (uint)Backgrounds.Length];
        var letter = name.FirstOrDefault(char.IsLetterOrDigit) is var first and not '\0' ? char.ToUpperInvariant(first).ToString() : "?";
        return new(icon?.Key, behind, foreground ?? (Luminance(behind) > 0.36 ? Dark : Light), letter);
    }

    /// <summary>The same each time, unlike a string's own.</summary>
    private static uint Hash(string name) => name.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    private static double Luminance(string color)
    {
        var value = int.Parse(color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (0.2126 * Linear(value >> 16)) + (0.7152 * Linear((value >> 8) & 255)) + (0.0722 * Linear(value & 255));

        static double Linear(int part) => Math.Pow(part / 255.0, 2.2);
    }
}
