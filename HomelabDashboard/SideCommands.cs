using HomelabDashboard.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace HomelabDashboard;

/// <summary>What the program does besides serving.</summary>
public static class SideCommands
{
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary><c>docs FILE</c> writes the document of the database; <c>healthcheck</c> asks the running dashboard whether it is alive.</summary>
    /// <returns>The exit code, or null when the arguments ask for neither.</returns>
    public static async Task<int?> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["docs", var document]:
                using (var model = new HomelabDbContextDesignFactory().CreateDbContext([]))
                {
                    await File.WriteAllTextAsync(document, DatabaseDocument.Write(model.GetService<IDesignTimeModel>().Model));
                }

                return 0;
            case ["healthcheck"]:
                return await CheckHealthAsync();
            default:
                return null;
        }
    }

    private static async Task<int> CheckHealthAsync()
    {
        var urls = Environment.GetEnvironmentVariable("HOMELAB_URLS") is { Length: > 0 } set ? set : DefaultUrl;
        var address = BindingAddress.Parse(urls.Split(';')[0]);
        var host = address.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{address.Scheme}://{host}:{address.Port}/healthz"));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(unreachable.Message);
            return 1;
        }
    }
}
