using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Hosts.Import;

namespace HomelabDashboard.Tests.Features.Hosts.Import;

public sealed class SshConfigParserTests
{
    private const string Corpus = """
        # The lab
        User = fallback-is-later

        Host nas
            HostName 192.168.1.20
            Port 2222
            User ada
            IdentityFile ~/.ssh/id_nas

        Host "web 1" web-1 web-2
          hostname %h.lab.example
          USER "deploy"   # not root

        Host *.lab !secret.lab
            ProxyJump bastion
            Port=2200
        Host app.lab secret.lab
            HostName=10.0.0.7
        Host bastion
            HostName bastion.example.org
            ProxyJump none
        Match all
            IdentityFile ~/.ssh/id_ed25519
        Host n?s 'quoted'
            Port 1
            HostName "fd00::7"
        Host *
            User root
            Port 2022
            ServerAliveInterval 30
        """;

    [Fact]
    public async Task A_whole_config_is_read_as_ssh_reads_it()
    {
        var hosts = await AgreesAsync(Corpus);
        Assert.Equal(["nas", "web 1", "web-1", "web-2", "app.lab", "secret.lab", "bastion", "quoted"], hosts.Select(h => h.Name));
        var nas = hosts[0];
        Assert.Equal(("192.168.1.20", 2222, "fallback-is-later", 4), (nas.Address, nas.Port, nas.User, nas.Line));
        Assert.Equal(["~/.ssh/id_nas", "~/.ssh/id_ed25519"], nas.IdentityFiles);
        Assert.Equal(["bastion"], hosts.Single(h => h.Name == "app.lab").Jumps);
        Assert.Null(hosts.Single(h => h.Name == "secret.lab").Jumps);
        Assert.Empty(hosts.Single(h => h.Name == "bastion").Jumps!);
    }

    [Fact]
    public async Task Generated_configs_are_read_as_ssh_reads_them()
    {
        foreach (var text in Configs().Sample(60, 40))
        {
            await AgreesAsync(text);
        }
    }

    [Fact]
    public void No_text_whatever_makes_it_fail()
    {
        var words = Gen.Elements("Host", "HostName", "Match", "Include", "ProxyJump", "Port", " ", "\t", "\n", "=", "\"", "'", "\\", "#", "*", "!", "?", "a", "22", "all", "%h", "%", "none", "🦊", "\0", "\r");
        Prop.ForAll(
            Gen.OneOf(words.ListOf().Select(string.Concat), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "")).ToArbitrary(),
            text =>
            {
                var result = Parse(text);
                Assert.True(result.Succeeded || result.Problem.Code == "VALIDATION_FAILED");
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData("Host a\n  HostName \"open\n", "Line 2: A quote is not closed.")]
    [InlineData("Host a\n  Port many\n", "Line 2: A port is a number from 1 to 65535.")]
    [InlineData("\nHost\n", "Line 2: There is nothing after the keyword.")]
    [InlineData("Host a\nHostName b c\n", "Line 2: There is more than one value.")]
    public void What_is_malformed_is_refused_with_its_line(string text, string words) =>
        Assert.Equal(words, Parse(text).Problem!.Message);

    [Fact]
    public void Match_and_a_missing_include_are_said_to_be_left_out()
    {
        var parsed = Parse("Include ~/.ssh/more\nHost a\n  HostName 192.0.2.1\nMatch user ada\n  Port 99\nHost b\n").Value!;
        Assert.Equal([1, 4], parsed.Skipped.Select(s => s.Line));
        Assert.All(parsed.Hosts, h => Assert.Null(h.Port));
    }

    [Fact]
    public void Files_given_together_are_included_where_they_are_named()
    {
        var parsed = ImportText.Parse(ImportFormat.SshConfig, [
            new("work.conf", "Host w*\n  User work\nHost web\n  HostName 192.0.2.9\n"),
            new("config", "Host x\n  Include nothing.conf\nHost web\n  Include conf.d/*.conf\nHost db\n  HostName 192.0.2.8\n"),
            new("spare", "Host spare\n"),
        ]).Value!;
        Assert.Equal(["x", "web", "db"], parsed.Hosts.Select(h => h.Name));
        Assert.Equal(("192.0.2.9", "work"), (parsed.Hosts[1].Address, parsed.Hosts[1].User));
        Assert.Equal(["config", "spare"], parsed.Skipped.Select(s => s.File));
        Assert.Equal("config, line 1: This file includes itself.", ImportText.Parse(ImportFormat.SshConfig, [new("config", "Include config")]).Problem!.Message);
    }

    [Fact]
    public void Two_names_for_one_place_are_one_host()
    {
        var parsed = Parse("Host nas nas.lan\n  HostName 192.0.2.1\nHost a b\n").Value!;
        Assert.Equal(["nas", "a", "b"], parsed.Hosts.Select(h => h.Name));
        Assert.Equal("nas.lan is another name of nas.", Assert.Single(parsed.Skipped).Reason);
    }

    [Theory]
    [InlineData("Host a\n ProxyCommand ssh -W %h:%p b\n", "ProxyCommand")]
    [InlineData("Host github.com\n User git\n", "git")]
    [InlineData("Host a\n HostName %n\n", "%h")]
    public void What_the_dashboard_cannot_use_says_so(string text, string word) =>
        Assert.Contains(word, Assert.Single(Parse(text).Value!.Hosts).Unusable, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_that_would_take_ages_does_not() =>
        Assert.False(SshConfigPattern.IsMatch(string.Concat(Enumerable.Repeat("a*", 500)) + "b", new string('a', 5000)));

    [Fact]
    public void Too_many_hosts_are_refused() =>
        Assert.Contains("5000", Parse(string.Concat(Enumerable.Range(0, 5001).Select(i => $"Host h{i}\n"))).Problem!.Message, StringComparison.Ordinal);

    private static HomelabDashboard.Features.Result<ParsedImport> Parse(string text) => ImportText.Parse(ImportFormat.SshConfig, [new("", text)]);

    private static Gen<string> Configs()
    {
        var name = Gen.Elements("a", "b", "ab", "nas", "web-1", "x.lab");
        var pattern = Gen.Frequency((5, name), (1, Gen.Elements("*", "a*", "?", "*.lab", "!a", "!*b", "n?s", "\"nas\"")));
        var host = pattern.NonEmptyListOf().Select(p => "Host " + string.Join(' ', p.Take(4)));
        var value = Gen.Elements(
            "HostName 192.0.2.1", "HostName=192.0.2.2", "hostname \"%h.example\"", "HostName   Big.Example # c", "HostName a%%b",
            "User ada", "User = 'bob'", "USER \"c d\"", "Port 2222", "Port=22", "port \"99\"", "ProxyJump jump", "ProxyJump ada@jump:2200", "ProxyJump none",
            "ProxyCommand none", "IdentityFile /k/one", "IdentityFile=\"/k/two\"", "Match all", "# note", "", "Compression yes", "\tUser\tdee");
        var line = Gen.Frequency((1, host), (3, value.Zip(Gen.Elements("", " ", "\t  ")).Select(v => v.Item2 + v.Item1)));
        return Gen.Constant("Host a nas x.lab web-1").Zip(line.ListOf()).Select(t => string.Join('\n', t.Item2.Append(t.Item1)) + "\n");
    }

    /// <summary>Compares every host with what <c>ssh -G</c> says of it.</summary>
    private static async Task<IReadOnlyList<ImportedHost>> AgreesAsync(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            var result = Parse(text);
            Assert.True(result.Succeeded, $"{result.Problem?.Message}\n{text}");
            foreach (var host in result.Value.Hosts)
            {
                var output = await Tool.RunAsync("ssh", "-G", "-F", file, host.Name);
                if (output is null)
                {
                    Assert.True(host.Name.Contains(' ') || host.Unusable is not null, $"ssh refuses {host.Name} in\n{text}");
                    continue;
                }

                var theirs = output.Split('\n').Where(l => l.Contains(' ')).Select(l => l.Split(' ', 2)).ToLookup(l => l[0], l => l[1], StringComparer.Ordinal);
                Assert.Equal(theirs["hostname"].Single(), (host.Address ?? host.Name).ToLowerInvariant());
                Assert.Equal(theirs["port"].Single(), (host.Port ?? 22).ToString(CultureInfo.InvariantCulture));
                Assert.Equal(theirs["user"].Single(), host.User ?? Environment.UserName);
                Assert.Equal(theirs["proxyjump"].SingleOrDefault() ?? "", string.Join(',', host.Jumps ?? []));
                if (host.IdentityFiles.Count > 0)
                {
                    Assert.Equal(theirs["identityfile"].Distinct(), host.IdentityFiles);
                }
            }

            return result.Value.Hosts;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
