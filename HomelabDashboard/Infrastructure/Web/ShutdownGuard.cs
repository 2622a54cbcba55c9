namespace HomelabDashboard.Infrastructure.Web;

/// <summary>
/// Refuses what comes while the program ends. Its pages connect again the moment they are let go, and each such connection
/// would hold up the end until the time for it has run out.
/// </summary>
internal static class ShutdownGuard
{
    public static void Use(WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use((context, next) =>
        {
            if (!stopping.IsCancellationRequested)
            {
                return next(context);
            }

            context.Response.Headers.Connection = "close";
            return ApiProblem.Create(ApiProblem.Unavailable, "The dashboard is being stopped.").ExecuteAsync(context);
        });
    }
}
