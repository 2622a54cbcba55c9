using FsCheck;
using FsCheck.Fluent;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Tests.Features.Hosts;

public sealed class HostRulesTests
{
    private const string Forbidden = "%\"'` \n\r\t=,@#\\$*?~!|/;&()[]{}<>\0";

    [Fact]
    public void No_field_takes_a_sign_that_means_something_elsewhere() =>
        Prop.ForAll(
            Gen.Elements(Forbidden.ToCharArray()).Zip(ArbMap.Default.GeneratorFor<NonNull<string>>()).Zip(Gen.Choose(0, 20)).ToArbitrary(),
            words =>
            {
                var ((sign, text), at) = words;
                var value = text.Get.Insert(Math.Min(at, text.Get.Length), sign.ToString());
                Assert.Equal(
                    ["name", "ip_address", "ssh_user", "proxy_jump", "ansible_group"],
                    HostRules.Check(new HostInput { Name = value, IpAddress = value, SshUser = value, ProxyJump = value, AnsibleGroup = value }).Keys);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("-oProxyCommand=id")]
    [InlineData("-v")]
    [InlineData(".hidden")]
    public void Nothing_begins_like_an_option(string value) =>
        Assert.Equal(5, HostRules.Check(new HostInput { Name = value, IpAddress = value, SshUser = value, ProxyJump = value, AnsibleGroup = value }).Count);

    [Fact]
    public void Ten_thousand_characters_are_refused_in_few_words()
    {
        var value = new string('a', 10_000);
        var errors = HostRules.Check(new HostInput { Name = value, IpAddress = value, SshUser = value, ProxyJump = value, AnsibleGroup = value });
        Assert.Equal(5, errors.Count);
        Assert.All(errors.Values, m => Assert.InRange(m.Single().Length, 10, 200));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(-1)]
    public void A_port_is_a_port(int port) => Assert.Contains("ssh_port", HostRules.Check(new HostInput { SshPort = port }).Keys);

    [Fact]
    public void An_address_that_does_not_fit_says_so() =>
        Assert.Contains("50 characters", HostRules.Check(new HostInput { IpAddress = new string('a', 40) + "." + new string('b', 40) })["ip_address"].Single(), StringComparison.Ordinal);

    [Fact]
    public void Plain_values_are_accepted() =>
        Assert.Empty(HostRules.Check(new HostInput { Name = "nas-1.lan", IpAddress = "2001:db8::1", SshPort = 22, SshUser = "ada", ProxyJump = "", AnsibleGroup = "servers" }));
}
