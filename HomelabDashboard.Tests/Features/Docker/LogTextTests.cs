using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Tests.Features.Docker;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain", "plain", "plain")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red", "\u001b[1;31mred\u001b[0m\u001b[0m")]
    [InlineData("a\u001b[2J\u001b[Hb", "ab", "ab")]
    [InlineData("\u001b]0;title\u0007after", "after", "after")]
    [InlineData("\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\", "link", "link")]
    [InlineData("50%\r100%", "50%100%", "50%100%")]
    [InlineData("a\tb\u0000\u0007c\u009b31mred", "a\tbc31mred", "a\tbc31mred")]
    [InlineData("abc\u202etxt.exe", "abctxt.exe", "abctxt.exe")]
    [InlineData("\u001b[", "", "")]
    public void Colours_stay_and_nothing_else(string text, string plain, string coloured)
    {
        Assert.Equal(plain, LogText.Plain(text));
        Assert.Equal(coloured, LogText.Coloured(text));
    }

    [Fact]
    public void Whatever_a_container_writes_only_colours_are_left() => Prop.ForAll<string>(given =>
    {
        var text = (given ?? "").Replace('a', '\u001b').Replace('b', '[').Replace('c', 'm').Replace('d', ']');
        Assert.DoesNotContain(LogText.Plain(text), c => char.IsControl(c) && c != '\t');
        var rest = System.Text.RegularExpressions.Regex.Replace(LogText.Coloured(text), "\u001b\\[[0-9;:]+m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(rest, c => char.IsControl(c) && c != '\t');
    }).QuickCheckThrowOnFailure();
}
