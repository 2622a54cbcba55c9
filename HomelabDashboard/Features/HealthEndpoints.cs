using HomelabDashboard.Data;
using HomelabDashboard.Infrastructure.Web;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features;

/// <summary><c>/healthz</c>: the program runs. <c>/readyz</c>: it can do its work, with one line a check.</summary>
public static class HealthEndpoints
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddExceptionHandler<DiskFullAnswers>();
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database").AddCheck<DiskCheck>("disk");
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/healthz", new() { Predicate = _ => false });
        endpoints.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Concat(report.Entries.Select(e => $"{e.Key}: {e.Value.Description ?? "ok"}\n")));
    }

    private sealed class DatabaseCheck(IDbContextFactory<HomelabDbContext> databases) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return await db.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("cannot be opened");
        }
    }

    private sealed class DiskCheck(DataFolder folder, IOptions<WebOptions> options) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var free = new DriveInfo(folder.Root).AvailableFreeSpace / (1024 * 1024);
            return Task.FromResult(free >= options.Value.MinimumFreeDiskMb
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{free} MB free, {options.Value.MinimumFreeDiskMb} are needed"));
        }
    }
}
