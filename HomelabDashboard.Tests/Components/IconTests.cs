using System.Text.Json;
using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Components;

public sealed partial class IconTests
{
    [Fact]
    public void Every_icon_that_a_page_names_is_in_the_sprite()
    {
        var sprite = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(Repository.Root, "wwwroot-assets/src/icons.json")))!;
        var named = Directory.EnumerateFiles(Path.Combine(Repository.Root, "HomelabDashboard/Components"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => NamedIcon().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(sprite, StringComparer.Ordinal));
    }

    [GeneratedRegex("\\bIcon(?: Name)?=\"([a-z0-9-]+)\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedIcon();
}
