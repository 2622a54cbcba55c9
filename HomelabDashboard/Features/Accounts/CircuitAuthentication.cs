using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace HomelabDashboard.Features.Accounts;

/// <summary>Looks every few seconds whether the user of an open page may still be here, and signs the page out when not.</summary>
public sealed class CircuitAuthentication(ILoggerFactory loggers, AccountDirectory directory) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(10);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(directory.Resolve(authenticationState.User) is not null);
}
