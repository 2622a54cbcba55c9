using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Data.Sqlite;

namespace HomelabDashboard.Features;

/// <summary>What a program gets when nothing can be kept because the disk is full.</summary>
public sealed class DiskFullAnswers : IExceptionHandler
{
    private const int SqliteFull = 13;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if ((exception as SqliteException ?? exception.InnerException as SqliteException) is not { SqliteErrorCode: SqliteFull } || !WebSetup.IsForPrograms(httpContext.Request.Path))
        {
            return false;
        }

        await ApiProblem.Create(ApiProblem.Unavailable, "The disk of the dashboard's data folder is full, so nothing was changed. Make room there, and try again.").ExecuteAsync(httpContext);
        return true;
    }
}
