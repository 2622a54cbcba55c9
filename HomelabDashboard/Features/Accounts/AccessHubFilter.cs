using HomelabDashboard.Features.Logs;
using Microsoft.AspNetCore.SignalR;

namespace HomelabDashboard.Features.Accounts;

/// <summary>Tells the services that a hub method calls who the caller is.</summary>
public sealed class AccessHubFilter(TimeProvider time) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        Use(invocationContext.ServiceProvider, invocationContext.Context);
        using var acting = Acting.BeginAgain(time);
        return await next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        Use(context.ServiceProvider, context.Context);
        return next(context);
    }

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        Use(context.ServiceProvider, context.Context);
        return next(context, exception);
    }

    private static void Use(IServiceProvider services, HubCallerContext caller)
    {
        if (caller.User is { } user)
        {
            services.GetRequiredService<Access>().Use(user);
        }
    }
}
