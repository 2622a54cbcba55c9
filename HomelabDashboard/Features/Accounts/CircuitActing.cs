using HomelabDashboard.Features.Logs;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HomelabDashboard.Features.Accounts;

/// <summary>Says for each click on a page who acts and from where; see <see cref="Acting"/>.</summary>
public sealed class CircuitActing(TimeProvider time) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        using var acting = Acting.BeginAgain(time);
        await next(context);
    };
}
