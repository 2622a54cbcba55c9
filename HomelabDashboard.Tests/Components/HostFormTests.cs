using Bunit;
using HomelabDashboard.Components.Pages.Hosts;
using HomelabDashboard.Features;
using HomelabDashboard.Features.Hosts;

namespace HomelabDashboard.Tests.Components;

public sealed class HostFormTests : BunitContext
{
    [Fact]
    public void What_was_typed_is_what_is_asked_for()
    {
        HostInput? asked = null;
        var form = Render<HostForm>(p => p.Add(f => f.Model, new()).Add(f => f.SubmitText, "Continue").Add(f => f.OnSubmit, input => asked = input));

        form.Find("#host-name").Change(" nas ");
        form.Find("#host-address").Change("fd00::7");
        form.Find("#host-port").Change("2222");
        form.Find("#host-user").Change("admin");
        form.Find("#host-docker").Change(true);
        form.Find("form").Submit();

        Assert.Equal(
            new HostInput { Name = "nas", IpAddress = "fd00::7", SshPort = 2222, SshUser = "admin", ProxyJump = "", AnsibleGroup = "", DockerEnabled = true },
            asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("22x")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void A_port_that_is_no_number_is_left_to_the_rules_to_refuse(string port) =>
        Assert.Equal(0, new HostFormModel { Port = port }.ToInput().SshPort);

    [Fact]
    public void Errors_stand_at_their_fields_and_are_tied_to_them()
    {
        var problem = Problem.Invalid(new Dictionary<string, string[]> { ["ip_address"] = ["Give an address."], ["ssh_port"] = ["A port is a number."] });

        var form = Render<HostForm>(p => p.Add(f => f.Model, new()).Add(f => f.SubmitText, "Continue").Add(f => f.Problem, problem));

        var address = form.Find("#host-address");
        Assert.Equal("true", address.GetAttribute("aria-invalid"));
        Assert.Equal("host-address-hint host-address-error", address.GetAttribute("aria-describedby"));
        Assert.Equal("Give an address.", form.Find("#host-address-error").TextContent);
        Assert.Equal("A port is a number.", form.Find("#host-port-error").TextContent);
        Assert.Null(form.Find("#host-name").GetAttribute("aria-invalid"));
        Assert.Single(form.FindAll("[role=alert]"));
    }

    [Fact]
    public void What_concerns_no_field_is_said_above_them()
    {
        var form = Render<HostForm>(p => p.Add(f => f.Model, new()).Add(f => f.SubmitText, "Save").Add(f => f.Problem, new Problem("HOST_EXISTS", "There is a host nas already.")));

        Assert.Equal("There is a host nas already.", form.Find("[role=alert]").TextContent);
    }
}
