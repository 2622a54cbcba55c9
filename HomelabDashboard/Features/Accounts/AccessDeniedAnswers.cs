using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Diagnostics;

namespace HomelabDashboard.Features.Accounts;

/// <summary>What a program gets when a service refuses a caller whom the endpoint let in.</summary>
public sealed class AccessDeniedAnswers : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not AccessDeniedException denied || !WebSetup.IsForPrograms(httpContext.Request.Path))
        {
            return false;
        }

        var answer = denied.RequiredScope is { } scope
            ? ApiProblem.Create(ApiProblem.Forbidden, denied.Message, ("required_scope", scope))
            : ApiProblem.ForStatus(StatusCodes.Status401Unauthorized);
        await answer.ExecuteAsync(httpContext);
        return true;
    }
}
