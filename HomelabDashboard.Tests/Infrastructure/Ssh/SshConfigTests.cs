using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Hosts;
using HomelabDashboard.Infrastructure.Ssh;

namespace HomelabDashboard.Tests.Infrastructure.Ssh;

public sealed class SshConfigTests : IDisposable
{
    private const string KeyLine = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    private readonly SshFolder _folder = new(Directory.CreateTempSubdirectory("homelab ssh-").FullName);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_folder.Root, recursive: true);
    }

    [Fact]
    public void Ssh_itself_reads_every_accepted_value_as_exactly_that_value()
    {
        var seen = 0;
        Prop.ForAll(Hostile().Zip(Hostile()).Zip(Gen.Choose(-10, 70_000)).ToArbitrary(), words =>
        {
            var ((address, user), port) = words;
            var errors = HostRules.Check(new HostInput { IpAddress = address, SshUser = user, SshPort = port });
            if (errors.ContainsKey("ip_address") && errors.ContainsKey("ssh_user"))
            {
                return;
            }

            seen++;
            address = errors.ContainsKey("ip_address") ? "nas" : address;
            user = errors.ContainsKey("ssh_user") ? "root" : user;
            port = errors.ContainsKey("ssh_port") ? 22 : port;
            var effective = Effective(new SshHostEntry("k3f9w2m7q1xz", address, port, user, Key(), null));
            Assert.Equal(address, effective["hostname"], ignoreCase: true);
            Assert.Equal(user, effective["user"]);
            Assert.Equal(port.ToString(System.Globalization.CultureInfo.InvariantCulture), effective["port"]);
            Assert.False(effective.ContainsKey("proxycommand"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.InRange(seen, 40, 400);
    }

    [Fact]
    public void What_the_rules_accept_the_config_accepts_and_no_more()
    {
        Prop.ForAll(Hostile().ToArbitrary(), word =>
        {
            var accepted = HostRules.Check(new HostInput { IpAddress = word }).Count == 0;
            if (accepted)
            {
                _ = new SshHostEntry("a", word, 22, "root", null, null);
            }
            else if (word.Length <= 50)
            {
                Assert.Throws<ArgumentException>(() => new SshHostEntry("a", word, 22, "root", null, null));
            }

            if (HostRules.Check(new HostInput { SshUser = word }).Count > 0)
            {
                Assert.Throws<ArgumentException>(() => new SshHostEntry("a", "nas", 22, word, null, null));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-oProxyCommand=touch")]
    [InlineData("nas nas")]
    [InlineData("nas\nProxyCommand x")]
    [InlineData("%h")]
    [InlineData("\"nas\"")]
    [InlineData("nas#")]
    [InlineData("fe80::1%eth0")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.1.1.1")]
    [InlineData("user@nas")]
    [InlineData("nas:22")]
    [InlineData("nas..lan")]
    [InlineData("nas-")]
    [InlineData("näs")]
    public void An_address_that_could_be_anything_else_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => new SshHostEntry("a", address, 22, "root", null, null));

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("nas")]
    [InlineData("NAS.example.org")]
    [InlineData("1password.example")]
    public void Addresses_are_accepted(string address) => Assert.Equal(address, new SshHostEntry("a", address, 22, "root", null, null).HostName);

    [Fact]
    public async Task The_connection_is_bound_to_the_pinned_key_and_to_our_own_files()
    {
        var config = new SshConfig(_folder, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        await config.WriteAsync(
            [new SshHostEntry("jump1", "192.0.2.1", 22, "root", Key(), null), new SshHostEntry("host2", "192.0.2.2", 2222, "ada", Key(), "jump1"), new SshHostEntry("new3", "192.0.2.3", 22, "root", null, null)],
            CancellationToken.None);
        var effective = Ask("host2");
        Assert.Equal("true", effective["stricthostkeychecking"]);
        Assert.Equal("ssh-ed25519", effective["hostkeyalgorithms"]);
        Assert.Equal("host2", effective["hostkeyalias"]);
        Assert.Equal(_folder.KnownHosts, effective["userknownhostsfile"]);
        Assert.Equal("/dev/null", effective["globalknownhostsfile"]);
        Assert.Equal(_folder.PrivateKey, effective["identityfile"]);
        Assert.Equal(_folder.ControlSocket("host2"), effective["controlpath"]);
        Assert.Equal("jump1", effective["proxyjump"]);
        Assert.Equal(("yes", "yes", "no", "no"), (effective["batchmode"], effective["identitiesonly"], effective["forwardagent"], effective["permitlocalcommand"]));
        Assert.Equal($"jump1 {KeyLine}\nhost2 {KeyLine}\n", await File.ReadAllTextAsync(_folder.KnownHosts));
        Assert.DoesNotContain("192.0.2.3", await File.ReadAllTextAsync(_folder.Config), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Config));
    }

    [Fact]
    public void Control_sockets_have_room_also_when_the_data_folder_is_deep()
    {
        var deep = Path.Combine(_folder.Root, new string('d', 80), "ssh");
        string socket;
        using (var folder = new SshFolder(deep))
        {
            socket = folder.ControlSocket("k3f9w2m7q1xz");
            Assert.InRange(socket.Length + 17, 1, 103);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(socket)!));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
    }

    /// <summary>Words that are nearly right, and words of what means something to ssh or a shell.</summary>
    private static Gen<string> Hostile()
    {
        const string Letters = "abcXYZ019";
        const string Signs = "abz09.-_:%\"' \n\r\t=,@#\\$*?~!|/;&()[]{}\0é";
        static Gen<string> Of(string alphabet, int longest) =>
            Gen.Choose(0, longest).SelectMany(n => Gen.Elements(alphabet.ToCharArray()).ArrayOf(n)).Select(c => new string(c));
        return Gen.OneOf(
            Of(Letters, 12),
            Of(Letters + ".-", 20),
            Of(Signs, 12),
            Of(Letters, 8).Zip(Of(Signs, 3)).Select(p => p.Item1 + p.Item2),
            ArbMap.Default.GeneratorFor<string>().Where(s => s is not null),
            Gen.Choose(0, 255).ArrayOf(4).Select(b => string.Join('.', b)),
            Gen.Choose(0, 65535).ArrayOf(8).Select(w => string.Join(':', w.Select(x => x.ToString("x", System.Globalization.CultureInfo.InvariantCulture)))),
            Gen.Constant("-oProxyCommand=id"),
            Gen.Constant(new string('a', 10_000)));
    }

    private static SshPublicKey Key() => SshPublicKey.TryParse(KeyLine, out var key) ? key : throw new InvalidOperationException("The key is wrong.");

    private Dictionary<string, string> Effective(SshHostEntry entry)
    {
        var config = new SshConfig(_folder, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        File.WriteAllText(_folder.Config, config.Render([entry]));
        return Ask(entry.Alias);
    }

    private Dictionary<string, string> Ask(string alias)
    {
        using var ssh = Process.Start(new ProcessStartInfo("ssh", ["-G", "-F", _folder.Config, alias]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = ssh.StandardError.ReadToEndAsync();
        var lines = ssh.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ssh.WaitForExit();
        Assert.True(ssh.ExitCode == 0, errors.IsCompletedSuccessfully ? lines.LastOrDefault() : "ssh -G failed");
        return lines.Select(l => l.Split(' ', 2)).DistinctBy(p => p[0]).ToDictionary(p => p[0], p => p[^1].Trim('"'), StringComparer.Ordinal);
    }
}
