using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Infrastructure.Ssh;
using HomelabDashboard.Tests.Support;

namespace HomelabDashboard.Tests.Infrastructure.Ssh;

public sealed class SshPublicKeyTests
{
    [Fact]
    public async Task The_fingerprint_is_the_one_that_ssh_keygen_prints()
    {
        await using var server = await SshServer.StartAsync();
        Assert.True(SshPublicKey.TryParse(server.HostKey + " a comment", out var key));
        Assert.Equal(server.Fingerprint, key.Fingerprint);
        Assert.Equal(server.HostKey, key.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 not-base64")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3M=")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")]
    public void What_is_no_key_is_refused(string? line) => Assert.False(SshPublicKey.TryParse(line, out _));

    [Fact]
    public void What_is_read_is_written_as_it_was_and_nothing_else_is_read() =>
        Prop.ForAll<string>(text =>
        {
            foreach (var line in new[] { text, "ssh-ed25519 " + text, $"ssh-ed25519 {Convert.ToBase64String([0, 0, 0, 11, .. "ssh-ed25519"u8, .. System.Text.Encoding.UTF8.GetBytes(text ?? "")])} {text}" })
            {
                if (SshPublicKey.TryParse(line, out var key))
                {
                    Assert.True(SshPublicKey.TryParse(key.ToString(), out var again));
                    Assert.Equal(key, again);
                    Assert.StartsWith(key.ToString(), line, StringComparison.Ordinal);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
