using System.Net;
using HomelabDashboard.Infrastructure;

namespace HomelabDashboard.Tests.Features.Notifications;

public sealed class GuardedConnectTests
{
    [Theory]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::127.0.0.1", true)]
    [InlineData("::192.0.2.1", false)]
    [InlineData("64:ff9b::127.0.0.1", true)]
    [InlineData("64:ff9b::169.254.1.1", true)]
    [InlineData("64:ff9b::192.0.2.1", false)]
    [InlineData("64:ff9b:1::192.0.2.1", true)]
    [InlineData("64:ff9b:2::127.0.0.1", false)]
    [InlineData("2001:db8::7f00:1", false)]
    [InlineData("192.168.0.1", false)]
    public void What_leads_to_this_machine_is_private_however_it_is_written(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, GuardedConnect.IsPrivate(IPAddress.Parse(address)));
}
