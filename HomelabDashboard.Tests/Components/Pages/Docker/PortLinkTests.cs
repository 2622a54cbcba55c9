using HomelabDashboard.Components.Pages.Docker;
using HomelabDashboard.Features.Docker;

namespace HomelabDashboard.Tests.Components.Pages.Docker;

public sealed class PortLinkTests
{
    [Theory]
    [InlineData(null, "http://nas.home:8080")]
    [InlineData("0.0.0.0", "http://nas.home:8080")]
    [InlineData("::", "http://nas.home:8080")]
    [InlineData("192.168.1.5", "http://192.168.1.5:8080")]
    [InlineData("fd00::5", "http://[fd00::5]:8080")]
    [InlineData("127.0.0.1", null)]
    [InlineData("127.0.0.53", null)]
    [InlineData("::1", null)]
    [InlineData("evil/path", null)]
    public void A_port_leads_to_the_address_it_is_published_on(string? ip, string? href) =>
        Assert.Equal(href, PortLink.HrefOf(new(ip, 80, 8080, "tcp"), "nas.home"));

    [Fact]
    public void Of_several_addresses_one_that_a_browser_reaches_is_taken()
    {
        IReadOnlyList<ContainerPort> ports = [new("127.0.0.1", 80, 8080, "tcp"), new("192.168.1.5", 80, 8080, "tcp"), new("127.0.0.1", 90, 9090, "tcp")];
        var container = new ContainerSummary(1, "h", new('a', 64), "web", null, "running", null, null, null, ports, new Dictionary<string, string>(), null, default);
        Assert.Equal([ports[1], ports[2]], PortLink.Published(container));
    }
}
