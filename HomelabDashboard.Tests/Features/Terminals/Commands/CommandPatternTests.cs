using System.Diagnostics;
using FsCheck.Fluent;
using HomelabDashboard.Features.Terminals.Commands;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Tests.Features.Terminals.Commands;

public sealed class CommandPatternTests
{
    private static readonly string[] Commands =
    [
        "", "ls", "rm -rf /", "sudo rm -rf /", "rm -fr /*", "rm -r -f ~", "rm -rf /home/me/old", "rm -rf /tmp/x", "rm --recursive --force /", "rm -rf --no-preserve-root /",
        "echo rm; ls", "mkfs.ext4 /dev/sdb1", "mkfs -t ext4 /dev/nvme0n1", "mkfs.ext4 disk.img", "dd if=a of=/dev/sda bs=1M", "dd if=/dev/sda of=a.img",
        "dd of=/dev/null", ":(){ :|:& };:", ":() { : | : & }; :", "bomb(){ bomb|bomb& };bomb", "a\nb", "a]b", "x{2}", "tab\there", "100%", "a\\b", "cat <<X\nrm -rf /\nX",
    ];

    [Theory]
    [InlineData("rm -rf /")]
    [InlineData("^(sudo )?rm( -[a-zA-Z]+)* /$")]
    [InlineData("[[:space:]]{1,3}[^a-z]")]
    [InlineData(@"a\.b|c\{2\}")]
    [InlineData("[]a]")]
    [InlineData("[a^-]+x{0,2}")]
    [InlineData(@"[\.]")]
    public void Patterns_of_the_common_part_are_taken(string pattern) => Assert.True(CommandPattern.TryParse(pattern, out _, out _));

    [Theory]
    [InlineData("", "Give the pattern")]
    [InlineData("(?i)rm", "(?")]
    [InlineData(@"\d+", "[[:digit:]]")]
    [InlineData(@"\bx", "[[:digit:]]")]
    [InlineData(@"(a)\1", "class")]
    [InlineData("a+?", "straight after")]
    [InlineData("a**", "straight after")]
    [InlineData("*a", "nothing before it")]
    [InlineData("a||b", "nothing before or after")]
    [InlineData("()", "nothing before or after")]
    [InlineData("(a", "without its )")]
    [InlineData("a)", "without its (")]
    [InlineData("[a", "without its ]")]
    [InlineData("[[:word:]]", "none of")]
    [InlineData("[[.a.]]", "none of")]
    [InlineData("[z-a]", "range")]
    [InlineData("[!-~]", "range")]
    [InlineData("a{2", "count")]
    [InlineData("a{3,2}", "smaller")]
    [InlineData("(a{200}){200}", "more than")]
    [InlineData("^*", "place")]
    [InlineData("(^a|b)+", "place")]
    [InlineData("a^b", "not at its begin")]
    [InlineData("a(^|b)", "not at its begin")]
    [InlineData("(a$|b)c", "not at its end")]
    [InlineData(@"a\", "single")]
    [InlineData("é", "ASCII")]
    public void Others_are_refused_in_words(string pattern, string word)
    {
        Assert.False(CommandPattern.TryParse(pattern, out _, out var error));
        Assert.Contains(word, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_starting_rules_find_what_they_are_for_and_nothing_usual()
    {
        string[] RulesFor(string command) => [.. StartingRules.All.Where(r => Parse(r.Pattern).Matches(command)).Select(r => r.Builtin)];
        Assert.All(
            new[] { "rm -rf /", "sudo rm -rf /", "rm -fr /*", "rm -r -f ~", "rm --recursive --force /", "rm -rf --no-preserve-root /", "rm -rf /etc/", "cd / && rm -rf /usr" },
            c => Assert.Equal(["rm_root"], RulesFor(c)));
        Assert.All(new[] { "mkfs.ext4 /dev/sdb1", "mkfs -t ext4 /dev/nvme0n1" }, c => Assert.Equal(["mkfs_device"], RulesFor(c)));
        Assert.All(new[] { "dd if=a of=/dev/sda bs=1M", "sudo dd of=/dev/nvme0n1" }, c => Assert.Equal(["dd_device"], RulesFor(c)));
        Assert.All(new[] { ":(){ :|:& };:", ":() { : | : & }; :", "bomb(){ bomb|bomb& };bomb" }, c => Assert.Equal(["fork_bomb"], RulesFor(c)));
        Assert.All(
            new[] { "rm -rf /tmp/x", "rm -rf /home/me/old", "rm -rf ./build", "rm /", "mkfs.ext4 disk.img", "dd if=/dev/sda of=a.img", "dd of=/dev/null", "f(){ ls|wc; }" },
            c => Assert.Empty(RulesFor(c)));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public async Task The_host_s_shell_and_the_dashboard_find_the_same(string shell)
    {
        var piece = Gen.Elements(
            "a", "b", "rm", " ", "-", "/", ".", "[ab]", "[^ab]", "[[:space:]]", "[[:alpha:]/]", "[]x]", @"\.", @"\*", @"\{", "(a|b)", "(rm|dd) ", "x{0,2}", "(ab){1,2}", "^", "$", "[a-f]*", ".*", "r?", "(^|;)", "[0-9]+");
        var pattern = from pieces in Gen.NonEmptyListOf(piece)
                      from branches in Gen.NonEmptyListOf(Gen.Elements(string.Concat(pieces.Take(8)), string.Concat(pieces.Take(3))))
                      select string.Join('|', branches.Take(3));
        var command = Gen.Elements("a", "b", "rm", " ", "-", "/", ".", "x", "]", "{", "*", "\n", "\\", "\t", ";", "dd", "2", "Z").ArrayOf(10).Select(string.Concat);
        var patterns = StartingRules.All.Select(r => r.Pattern)
            .Concat(new[] { @"\$HOME", "[]a]", @"[\.]b", "^a|b$", "x{2}", "[[:punct:]]{2}", "(a|(b|c)+)d?" })
            .Concat(pattern.Sample(600).Where(p => CommandPattern.TryParse(p, out _, out _)).Take(150)).ToList();
        var cases = patterns.SelectMany(p => Commands.Concat(command.Sample(12)), (p, c) => (Pattern: p, Command: c)).ToList();
        Assert.True(cases.Count > 3000);

        var found = await RunAsync(shell, cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (p, c) = cases[i];
            Assert.True(Parse(p).Matches(c) == found[i], $"{shell} says {found[i]} for «{p}» in «{c}».");
        }
    }

    private static CommandPattern Parse(string text) =>
        CommandPattern.TryParse(text, out var pattern, out var error) ? pattern : throw new InvalidOperationException($"{text}: {error}");

    /// <summary>Lets the shell compare, from encoded text as a session gives it.</summary>
    private static async Task<List<bool>> RunAsync(string shell, IEnumerable<(string Pattern, string Command)> cases)
    {
        const string Script = """
            while IFS= read -r p; do
                IFS= read -r c
                printf -v pattern %b "$p"
                printf -v line %b "$c"
                if [[ $line =~ $pattern ]]; then echo y; else echo n; fi
            done
            """;
        var start = new ProcessStartInfo(shell, shell == "zsh" ? ["-f", "-c", Script] : ["--norc", "-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        foreach (var (pattern, command) in cases)
        {
            await process.StandardInput.WriteAsync($"{RemoteScript.Encode(pattern)}\n{RemoteScript.Encode(command)}\n");
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l == "y")];
    }
}
