using System.Text.RegularExpressions;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests;

/// <summary>The arrows of the house point one way: Components → Features → (Data, Infrastructure), and no room needs itself.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "HomelabDashboard");

    [Theory]
    [InlineData("Infrastructure", "")]
    [InlineData("Data", "")]
    [InlineData("Features", "Data Infrastructure")]
    [InlineData("Components", "Features Infrastructure")]
    public void A_floor_knows_only_the_floors_below(string floor, string below)
    {
        var allowed = below.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(floor).ToHashSet(StringComparer.Ordinal);
        var wrong = References(floor).Where(r => !allowed.Contains(r.Floor)).Select(r => $"{r.File} knows {r.Floor}.{r.Room}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_room_needs_itself_through_others()
    {
        var needs = References("Features")
            .Where(r => r.Floor == "Features" && r.Room.Length > 0)
            .Select(r => (From: r.File.Split('/')[1], To: r.Room))
            .Where(n => n.From != n.To && Directory.Exists(Path.Combine(Sources, "Features", n.From)))
            .Distinct().ToLookup(n => n.From, n => n.To, StringComparer.Ordinal);
        foreach (var room in needs.Select(n => n.Key))
        {
            Assert.False(Reaches(room, room, []), $"{room} needs itself through {string.Join(", ", needs[room])}.");
        }

        bool Reaches(string from, string goal, HashSet<string> seen) =>
            needs[from].Any(to => to == goal || (seen.Add(to) && Reaches(to, goal, seen)));
    }

    private static IEnumerable<(string File, string Floor, string Room)> References(string floor) =>
        from path in Directory.EnumerateFiles(Path.Combine(Sources, floor), "*.*", SearchOption.AllDirectories)
        where Path.GetExtension(path) is ".cs" or ".razor" && !path.Contains("/Migrations/", StringComparison.Ordinal)
        let file = Path.GetRelativePath(Sources, path).Replace('\\', '/')
        from Match match in Reference().Matches(File.ReadAllText(path))
        select (file, match.Groups["floor"].Value, match.Groups["room"].Value);

    [GeneratedRegex(@"HomelabDashboard\.(?<floor>Components|Features|Data|Infrastructure)\b(\.(?<room>\w+))?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
